import { defineCommand } from '../define.ts';
import { domainEntity } from '../entities/domain.ts';
import { successEntity } from '../entities/success.ts';

export const listDomains = defineCommand({
  name: 'listDomains',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: { type: 'string', description: '' },
    details: { type: 'list', description: '' },
    domainid: { type: 'uuid', description: '' },
    id: { type: 'uuid', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    level: { type: 'integer', description: '' },
    listall: { type: 'boolean', description: '' },
    name: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    projectid: { type: 'uuid', description: '' },
    showicon: { type: 'boolean', description: '' },
    tag: { type: 'string', description: '' },
    tags: { type: 'map', description: '' },
  },
  response: domainEntity,
  shape: 'list',
});

export const createDomain = defineCommand({
  name: 'createDomain',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    domainid: { type: 'string', description: '' },
    name: { type: 'string', description: '', required: true },
    networkdomain: { type: 'string', description: '' },
    parentdomainid: { type: 'uuid', description: '' },
  },
  response: domainEntity,
  shape: 'one',
});

export const deleteDomain = defineCommand({
  name: 'deleteDomain',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    cleanup: { type: 'boolean', description: '' },
    id: { type: 'uuid', description: '', required: true },
  },
  response: successEntity,
  shape: 'success',
});
