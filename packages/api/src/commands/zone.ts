import { defineCommand } from '../define.ts';
import { hypervisorEntity } from '../entities/hypervisor.ts';
import { podEntity } from '../entities/pod.ts';
import { zoneEntity } from '../entities/zone.ts';
import { param } from '../param.ts';
import { pageParams } from './common.ts';

export const listZones = defineCommand({
  name: 'listZones',
  description: 'Lists zones',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
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

export const listHypervisors = defineCommand({
  name: 'listHypervisors',
  description: 'Lists the hypervisors that instances can run on',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    zoneid: param.id('Show only hypervisors of this zone'),
  },
  response: hypervisorEntity,
  shape: 'list',
});
