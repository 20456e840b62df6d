import { defineCommand } from '../define.ts';
import { configurationEntity } from '../entities/configuration.ts';

export const listConfigurations = defineCommand({
  name: 'listConfigurations',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    accountid: { type: 'uuid', description: '' },
    category: { type: 'string', description: '' },
    clusterid: { type: 'uuid', description: '' },
    domainid: { type: 'uuid', description: '' },
    group: { type: 'string', description: '' },
    imagestoreuuid: { type: 'uuid', description: '' },
    keyword: { type: 'string', description: '' },
    managementserverid: { type: 'uuid', description: '' },
    name: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    parent: { type: 'string', description: '' },
    storageid: { type: 'uuid', description: '' },
    subgroup: { type: 'string', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: configurationEntity,
  shape: 'list',
});

export const updateConfiguration = defineCommand({
  name: 'updateConfiguration',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    accountid: { type: 'uuid', description: '' },
    clusterid: { type: 'uuid', description: '' },
    domainid: { type: 'uuid', description: '' },
    imagestoreuuid: { type: 'uuid', description: '' },
    managementserverid: { type: 'uuid', description: '' },
    name: { type: 'string', description: '', required: true },
    storageid: { type: 'uuid', description: '' },
    value: { type: 'string', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: configurationEntity,
  shape: 'one',
});
