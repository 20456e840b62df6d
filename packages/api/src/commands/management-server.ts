import { defineCommand } from '../define.ts';
import { managementServerEntity } from '../entities/management-server.ts';
import { param } from '../param.ts';
import { pageParams } from './common.ts';

export const listManagementServers = defineCommand({
  name: 'listManagementServers',
  description: 'Lists management servers',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    id: param.id('Show only this server'),
    name: param.text('Show only servers of this name'),
    peers: param.flag('Whether to show the other servers that each one knows'),
    version: param.text('Show only servers of this version'),
  },
  response: managementServerEntity,
  shape: 'list',
});
