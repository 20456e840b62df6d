import { defineCommand } from '../define.ts';
import { apiEntity } from '../entities/api.ts';
import { capabilityEntity } from '../entities/capability.ts';

export const listApis = defineCommand({
  name: 'listApis',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    name: { type: 'string', description: '' },
  },
  response: apiEntity,
  shape: 'list',
});

export const listCapabilities = defineCommand({
  name: 'listCapabilities',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    domainid: { type: 'uuid', description: '' },
  },
  response: capabilityEntity,
  shape: 'one',
});
