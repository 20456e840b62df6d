import { defineCommand } from '../define.ts';
import { clusterEntity } from '../entities/cluster.ts';
import { hostEntity } from '../entities/host.ts';
import { hypervisorEntity } from '../entities/hypervisor.ts';
import { podEntity } from '../entities/pod.ts';
import { zoneEntity } from '../entities/zone.ts';

export const listZones = defineCommand({
  name: 'listZones',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    available: { type: 'boolean', description: '' },
    domainid: { type: 'uuid', description: '' },
    id: { type: 'uuid', description: '' },
    ids: { type: 'list', description: '' },
    keyword: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    networktype: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    showcapacities: { type: 'boolean', description: '' },
    showicon: { type: 'boolean', description: '' },
    storageaccessgroup: { type: 'string', description: '' },
    tags: { type: 'map', description: '' },
  },
  response: zoneEntity,
  shape: 'list',
});

export const listPods = defineCommand({
  name: 'listPods',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    allocationstate: { type: 'string', description: '' },
    id: { type: 'uuid', description: '' },
    keyword: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    showcapacities: { type: 'boolean', description: '' },
    storageaccessgroup: { type: 'string', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: podEntity,
  shape: 'list',
});

export const listClusters = defineCommand({
  name: 'listClusters',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    allocationstate: { type: 'string', description: '' },
    arch: { type: 'string', description: '' },
    clustertype: { type: 'string', description: '' },
    hypervisor: { type: 'string', description: '' },
    id: { type: 'uuid', description: '' },
    keyword: { type: 'string', description: '' },
    managedstate: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    podid: { type: 'uuid', description: '' },
    showcapacities: { type: 'boolean', description: '' },
    storageaccessgroup: { type: 'string', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: clusterEntity,
  shape: 'list',
});

export const listHosts = defineCommand({
  name: 'listHosts',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    arch: { type: 'string', description: '' },
    clusterid: { type: 'uuid', description: '' },
    details: { type: 'list', description: '' },
    hahost: { type: 'boolean', description: '' },
    hypervisor: { type: 'string', description: '' },
    id: { type: 'uuid', description: '' },
    keyword: { type: 'string', description: '' },
    managementserverid: { type: 'uuid', description: '' },
    name: { type: 'string', description: '' },
    outofbandmanagementenabled: { type: 'boolean', description: '' },
    outofbandmanagementpowerstate: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    podid: { type: 'uuid', description: '' },
    resourcestate: { type: 'string', description: '' },
    state: { type: 'string', description: '' },
    storageaccessgroup: { type: 'string', description: '' },
    type: { type: 'string', description: '' },
    version: { type: 'string', description: '' },
    virtualmachineid: { type: 'uuid', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: hostEntity,
  shape: 'list',
});

export const listHypervisors = defineCommand({
  name: 'listHypervisors',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    zoneid: { type: 'uuid', description: '' },
  },
  response: hypervisorEntity,
  shape: 'list',
});
