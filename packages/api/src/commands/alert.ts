import { defineCommand } from '../define.ts';
import { alertEntity } from '../entities/alert.ts';
import { param } from '../param.ts';
import { pageParams } from './common.ts';

export const listAlerts = defineCommand({
  name: 'listAlerts',
  description: 'Lists alerts for the operator, the newest first',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    id: param.id('Show only this alert'),
    name: param.text('Show only alerts of this name'),
    type: param.text('Show only alerts of this type, by its number'),
  },
  response: alertEntity,
  shape: 'list',
});
