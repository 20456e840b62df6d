import { defineCommand } from '../define.ts';
import { resourceCountEntity, resourceLimitEntity } from '../entities/resource-limit.ts';
import { param, required } from '../param.ts';
import { accountScopeParams, ownerParams, pageParams } from './common.ts';

const types =
  'Type of resource: 0 user_vm, 1 public_ip, 4 template, 5 project, 6 network, 8 cpu, 9 memory (MiB)';

export const updateResourceLimit = defineCommand({
  name: 'updateResourceLimit',
  description: 'Sets how much an account, or a domain with those below it, may have',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    account: param.text('Account whose limit it is; needs domainid'),
    domainid: param.id('Domain whose limit it is, or domain of the account'),
    max: param.long('Most that it may have; -1, or nothing, for no limit', { min: -1 }),
    projectid: param.id('Project whose limit it is'),
    resourcetype: param.whole(types, required),
  },
  refused: ['tag'],
  response: resourceLimitEntity,
  shape: 'one',
  event: 'RESOURCE.LIMIT.UPDATE',
});

export const listResourceLimits = defineCommand({
  name: 'listResourceLimits',
  description: 'Lists how much an account or domain may have',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...accountScopeParams,
    projectid: param.id('Show limits of this project'),
    resourcetype: param.whole(types),
    resourcetypename: param.text('Name of the type, for example user_vm'),
  },
  refused: ['tag', 'id'],
  response: resourceLimitEntity,
  shape: 'list',
});

export const updateResourceCount = defineCommand({
  name: 'updateResourceCount',
  description: 'Counts what an account or domain has',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    ...ownerParams,
    domainid: param.id('Domain, or domain of the account', required),
    resourcetype: param.whole(types),
  },
  refused: ['tag'],
  response: resourceCountEntity,
  shape: 'list',
});
