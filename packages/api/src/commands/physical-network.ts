import { defineCommand } from '../define.ts';
import { isolationMethodEntity } from '../entities/isolation-method.ts';
import { physicalNetworkEntity } from '../entities/physical-network.ts';
import { successEntity } from '../entities/success.ts';
import { trafficTypeEntity } from '../entities/traffic-type.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

const labels = {
  kvmnetworklabel: param.text(
    'Interface that carries it on the hosts. For guest traffic it may be a bridge; for public traffic it is used for nothing else',
  ),
} as const;
const otherLabels = [
  'hypervnetworklabel',
  'ovm3networklabel',
  'vmwarenetworklabel',
  'xennetworklabel',
] as const;

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

export const createPhysicalNetwork = defineCommand({
  name: 'createPhysicalNetwork',
  description: 'Makes a physical network in a zone, with the providers of its services',
  async: true,
  roles: ['Root Admin'],
  params: {
    broadcastdomainrange: param.text('ZONE: what its tags are unique in', {
      values: ['ZONE'],
    }),
    domainid: param.id('Domain that it belongs to'),
    isolationmethods: param.list('How networks are kept apart: VLAN (as when not given) or VXLAN'),
    name: param.text('Name of the physical network', required),
    networkspeed: param.text('Speed, for example 1G'),
    tags: param.list('One tag, by which network offerings choose it'),
    vlan: param.text('Ranges of tags, for example 100-199 or 100-199,300-399', { length: 2048 }),
    zoneid: param.id('Zone of the physical network', required),
  },
  response: physicalNetworkEntity,
  shape: 'one',
  event: 'PHYSICAL.NETWORK.CREATE',
});

export const updatePhysicalNetwork = defineCommand({
  name: 'updatePhysicalNetwork',
  description:
    'Changes a physical network: its ranges of tags, and whether networks are made on it',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the physical network', required),
    networkspeed: param.text('Speed, for example 1G'),
    state: param.text('Enabled or Disabled', { values: ['Enabled', 'Disabled'] }),
    tags: param.list('One tag, by which network offerings choose it, in place of the one it has'),
    vlan: param.text('Ranges of tags in place of those it has; a comma alone for none', {
      length: 2048,
    }),
  },
  response: physicalNetworkEntity,
  shape: 'one',
  event: 'PHYSICAL.NETWORK.UPDATE',
});

export const deletePhysicalNetwork = defineCommand({
  name: 'deletePhysicalNetwork',
  description: 'Deletes a physical network without networks and address ranges',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the physical network', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'PHYSICAL.NETWORK.DELETE',
});

export const addTrafficType = defineCommand({
  name: 'addTrafficType',
  description: 'Has a physical network carry a kind of traffic',
  async: true,
  roles: ['Root Admin'],
  params: {
    isolationmethod: param.text('How it is kept apart: that of the physical network'),
    ...labels,
    physicalnetworkid: param.id('Id of the physical network', required),
    traffictype: param.text('Management, Guest, Public or Storage', required),
    vlan: param.text('VLAN of Management traffic of the hosts; untagged when not given'),
  },
  refused: otherLabels,
  response: trafficTypeEntity,
  shape: 'one',
  event: 'PHYSICAL.NETWORK.UPDATE',
});

export const updateTrafficType = defineCommand({
  name: 'updateTrafficType',
  description: 'Changes which interface carries a kind of traffic',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the traffic type', required),
    ...labels,
  },
  refused: otherLabels,
  response: trafficTypeEntity,
  shape: 'one',
  event: 'PHYSICAL.NETWORK.UPDATE',
});

export const deleteTrafficType = defineCommand({
  name: 'deleteTrafficType',
  description: 'Takes a kind of traffic off a physical network where nothing uses it',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the traffic type', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'PHYSICAL.NETWORK.UPDATE',
});

export const listNetworkIsolationMethods = defineCommand({
  name: 'listNetworkIsolationMethods',
  description: 'Lists how physical networks can keep networks apart',
  async: false,
  roles: ['Root Admin'],
  params: pageParams,
  response: isolationMethodEntity,
  shape: 'list',
});
