import { defineCommand } from '../define.ts';
import { domainEntity } from '../entities/domain.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const listDomains = defineCommand({
  name: 'listDomains',
  description: 'Lists domains',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    ...pageParams,
    details: param.list('Parts to answer: all, min, resource', {
      values: ['all', 'min', 'resource'],
    }),
    domainid: param.id('Show only this domain, with isrecursive those below it too'),
    id: param.id('Show only this domain'),
    isrecursive: param.flag('With domainid: include the domains below'),
    level: param.whole('Show only domains at this depth; ROOT is 0', { min: 0 }),
    listall: param.flag('Show every domain the caller may see'),
    name: param.text('Show only domains of this name'),
  },
  refused: ['account', 'projectid', 'tag', 'tags'],
  response: domainEntity,
  shape: 'list',
});

export const createDomain = defineCommand({
  name: 'createDomain',
  description: 'Creates a domain below another',
  async: false,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    domainid: param.id('UUID that the domain shall have'),
    name: param.text('Name; unique below its parent', required),
    networkdomain: param.text('Suffix for the names of hosts in the networks of the domain'),
    parentdomainid: param.id('Domain above; ROOT when not given'),
  },
  response: domainEntity,
  shape: 'one',
  event: 'DOMAIN.CREATE',
});

export const deleteDomain = defineCommand({
  name: 'deleteDomain',
  description: 'Deletes a domain',
  async: true,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    cleanup: param.flag('Delete everything inside too; otherwise the domain must be empty'),
    id: param.id('Id of the domain', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'DOMAIN.DELETE',
});

export const updateDomain = defineCommand({
  name: 'updateDomain',
  description: 'Changes the name or network domain of a domain',
  async: false,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    id: param.id('Id of the domain', required),
    name: param.text('Name; unique below its parent'),
    networkdomain: param.text('Suffix for the names of hosts in its networks'),
  },
  response: domainEntity,
  shape: 'one',
  event: 'DOMAIN.UPDATE',
});

export const listDomainChildren = defineCommand({
  name: 'listDomainChildren',
  description: 'Lists the domains below a domain',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    ...pageParams,
    id: param.id('Domain above; that of the caller when not given'),
    isrecursive: param.flag('Also those further below'),
    listall: param.flag('As isrecursive'),
    name: param.text('Show only domains of this name'),
  },
  response: domainEntity,
  shape: 'list',
});
