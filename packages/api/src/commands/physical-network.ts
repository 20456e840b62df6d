import { defineCommand } from '../define.ts';
import { networkServiceEntity } from '../entities/network-service.ts';
import { networkServiceProviderEntity } from '../entities/network-service-provider.ts';
import { physicalNetworkEntity } from '../entities/physical-network.ts';
import { trafficTypeEntity } from '../entities/traffic-type.ts';
import { vlanIpRangeEntity } from '../entities/vlan-ip-range.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const listPhysicalNetworks = defineCommand({
  name: 'listPhysicalNetworks',
  description: 'Lists physical networks with their VLAN ranges',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    id: param.id('Show only this physical network'),
    name: param.text('Show only the physical network of this name'),
    zoneid: param.id('Show only physical networks of this zone'),
  },
  response: physicalNetworkEntity,
  shape: 'list',
});

export const listTrafficTypes = defineCommand({
  name: 'listTrafficTypes',
  description: 'Lists the kinds of traffic that a physical network carries',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    physicalnetworkid: param.id('Id of the physical network', required),
  },
  response: trafficTypeEntity,
  shape: 'list',
});

export const listNetworkServiceProviders = defineCommand({
  name: 'listNetworkServiceProviders',
  description: 'Lists what provides network services on a physical network',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    name: param.text('Show only the provider of this name, for example VirtualRouter'),
    physicalnetworkid: param.id('Show only providers of this physical network'),
    state: param.text('Show only providers in this state: Enabled or Disabled'),
  },
  response: networkServiceProviderEntity,
  shape: 'list',
});

export const listVlanIpRanges = defineCommand({
  name: 'listVlanIpRanges',
  description: 'Lists ranges of public addresses',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    account: param.text('Show only ranges set aside for this account; needs domainid'),
    domainid: param.id('Show only ranges set aside for this domain'),
    forvirtualnetwork: param.flag('Show only ranges for public traffic (or only others)'),
    id: param.id('Show only this range'),
    networkid: param.id('Show only ranges of this network'),
    physicalnetworkid: param.id('Show only ranges of this physical network'),
    podid: param.id('Show only ranges of this pod'),
    vlan: param.text('Show only ranges of this VLAN; untagged for none'),
    zoneid: param.id('Show only ranges of this zone'),
  },
  refused: ['projectid'],
  response: vlanIpRangeEntity,
  shape: 'list',
});

export const listSupportedNetworkServices = defineCommand({
  name: 'listSupportedNetworkServices',
  description: 'Lists network services, their providers and what can be chosen about them',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    provider: param.text('Show only services of this provider'),
    service: param.text('Show only the service of this name'),
  },
  response: networkServiceEntity,
  shape: 'list',
});
