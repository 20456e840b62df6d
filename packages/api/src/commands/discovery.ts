import { defineCommand } from '../define.ts';
import { apiEntity } from '../entities/api.ts';
import { capabilityEntity } from '../entities/capability.ts';
import { param } from '../param.ts';

export const listApis = defineCommand({
  name: 'listApis',
  description: 'Lists the commands that the caller may call, with parameters and answers',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    name: param.text('Show only this command'),
  },
  response: apiEntity,
  shape: 'list',
});

export const listCapabilities = defineCommand({
  name: 'listCapabilities',
  description: 'Tells what this installation can do',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    domainid: param.id('Tell it for this domain'),
  },
  response: capabilityEntity,
  shape: 'one',
});
