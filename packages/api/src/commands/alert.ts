import { defineCommand } from '../define.ts';
import { alertEntity } from '../entities/alert.ts';

export const listAlerts = defineCommand({
  name: 'listAlerts',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: { type: 'uuid', description: '' },
    keyword: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    type: { type: 'string', description: '' },
  },
  response: alertEntity,
  shape: 'list',
});
