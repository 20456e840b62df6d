import { defineCommand } from '../define.ts';
import { clusterEntity } from '../entities/cluster.ts';
import { hostEntity } from '../entities/host.ts';
import { hypervisorEntity } from '../entities/hypervisor.ts';
import { podEntity } from '../entities/pod.ts';
import { zoneEntity } from '../entities/zone.ts';
import { param } from '../param.ts';
import { pageParams } from './common.ts';

export const listZones = defineCommand({
  name: 'listZones',
  description: 'Lists zones',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    available: param.flag('Show only zones in which the caller can deploy'),
    domainid: param.id('Show only zones of this domain'),
    id: param.id('Show only this zone'),
    ids: param.ids('Show only these zones'),
    name: param.text('Show only the zone of this name'),
    networktype: param.text('Show only zones of this network type: Advanced or Basic'),
  },
  response: zoneEntity,
  shape: 'list',
});

export const listPods = defineCommand({
  name: 'listPods',
  description: 'Lists pods',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    allocationstate: param.text('Show only pods in this state: Enabled or Disabled'),
    id: param.id('Show only this pod'),
    name: param.text('Show only the pod of this name'),
    zoneid: param.id('Show only pods of this zone'),
  },
  response: podEntity,
  shape: 'list',
});

export const listClusters = defineCommand({
  name: 'listClusters',
  description: 'Lists clusters',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    allocationstate: param.text('Show only clusters in this state: Enabled or Disabled'),
    hypervisor: param.text('Show only clusters of this hypervisor'),
    id: param.id('Show only this cluster'),
    name: param.text('Show only the cluster of this name'),
    podid: param.id('Show only clusters of this pod'),
    zoneid: param.id('Show only clusters of this zone'),
  },
  response: clusterEntity,
  shape: 'list',
});

export const listHosts = defineCommand({
  name: 'listHosts',
  description: 'Lists hosts with their state and capacity',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    clusterid: param.id('Show only hosts of this cluster'),
    details: param.list('Parts to answer, for example all, min, capacity'),
    hypervisor: param.text('Show only hosts of this hypervisor'),
    id: param.id('Show only this host'),
    name: param.text('Show only the host of this name'),
    podid: param.id('Show only hosts of this pod'),
    resourcestate: param.text('Show only hosts in this administrative state, for example Enabled'),
    state: param.text('Show only hosts in this state, for example Up'),
    type: param.text('Show only hosts of this type, for example Routing'),
    zoneid: param.id('Show only hosts of this zone'),
  },
  response: hostEntity,
  shape: 'list',
});

export const listHypervisors = defineCommand({
  name: 'listHypervisors',
  description: 'Lists the hypervisors that instances can run on',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    zoneid: param.id('Show only hypervisors of this zone'),
  },
  response: hypervisorEntity,
  shape: 'list',
});
