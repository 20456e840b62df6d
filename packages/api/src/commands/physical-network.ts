import { defineCommand } from '../define.ts';
import { networkServiceEntity } from '../entities/network-service.ts';
import { networkServiceProviderEntity } from '../entities/network-service-provider.ts';
import { physicalNetworkEntity } from '../entities/physical-network.ts';
import { trafficTypeEntity } from '../entities/traffic-type.ts';
import { vlanIpRangeEntity } from '../entities/vlan-ip-range.ts';

export const listPhysicalNetworks = defineCommand({
  name: 'listPhysicalNetworks',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: { type: 'uuid', description: '' },
    keyword: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: physicalNetworkEntity,
  shape: 'list',
});

export const listTrafficTypes = defineCommand({
  name: 'listTrafficTypes',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    keyword: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    physicalnetworkid: { type: 'uuid', description: '', required: true },
  },
  response: trafficTypeEntity,
  shape: 'list',
});

export const listNetworkServiceProviders = defineCommand({
  name: 'listNetworkServiceProviders',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    keyword: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    physicalnetworkid: { type: 'uuid', description: '' },
    state: { type: 'string', description: '' },
  },
  response: networkServiceProviderEntity,
  shape: 'list',
});

export const listVlanIpRanges = defineCommand({
  name: 'listVlanIpRanges',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    forvirtualnetwork: { type: 'boolean', description: '' },
    id: { type: 'uuid', description: '' },
    keyword: { type: 'string', description: '' },
    networkid: { type: 'uuid', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    physicalnetworkid: { type: 'uuid', description: '' },
    podid: { type: 'uuid', description: '' },
    projectid: { type: 'uuid', description: '' },
    vlan: { type: 'string', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: vlanIpRangeEntity,
  shape: 'list',
});

export const listSupportedNetworkServices = defineCommand({
  name: 'listSupportedNetworkServices',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    keyword: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    provider: { type: 'string', description: '' },
    service: { type: 'string', description: '' },
  },
  response: networkServiceEntity,
  shape: 'list',
});
