import { defineCommand } from '../define.ts';
import { hypervisorEntity } from '../entities/hypervisor.ts';
import { successEntity } from '../entities/success.ts';
import { zoneEntity } from '../entities/zone.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

const allocationState = param.text('Enabled or Disabled: whether users can use it', {
  values: ['Enabled', 'Disabled'],
});

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
    showcapacities: param.flag('Whether to answer what is used of each; for root administrators'),
  },
  refused: ['tags'],
  response: zoneEntity,
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

export const createZone = defineCommand({
  name: 'createZone',
  description: 'Makes a zone; what is in it is made next, and it is enabled last',
  async: false,
  roles: ['Root Admin'],
  params: {
    allocationstate: allocationState,
    dns1: param.text('First DNS server that routers ask', required),
    dns2: param.text('Second DNS server that routers ask'),
    domain: param.text(
      'Suffix for the names of instances, where neither network nor owner has one',
    ),
    domainid: param.id('Domain that the zone is set aside for, with the domains below'),
    guestcidraddress: param.text('Addresses of a network that does not name its own'),
    internaldns1: param.text('First DNS server of the hosts', required),
    internaldns2: param.text('Second DNS server of the hosts'),
    isedge: param.flag('Whether it counts as an edge zone'),
    localstorageenabled: param.flag('Whether the disks of the hosts are used'),
    name: param.text('Name of the zone; unique', required),
    networktype: param.text('Advanced', required),
    securitygroupenabled: param.flag('false: there are no security groups'),
  },
  refused: ['ip6dns1', 'ip6dns2', 'storageaccessgroups'],
  response: zoneEntity,
  shape: 'one',
  event: 'ZONE.CREATE',
});

export const updateZone = defineCommand({
  name: 'updateZone',
  description: 'Changes a zone, and whether users can use it',
  async: false,
  roles: ['Root Admin'],
  params: {
    allocationstate: allocationState,
    details: param.map('Free details, in place of those it has'),
    dhcpprovider: param.text('VirtualRouter', { values: ['VirtualRouter'] }),
    dns1: param.text('First DNS server that routers ask'),
    dns2: param.text('Second DNS server that routers ask'),
    domain: param.text('Suffix for the names of instances'),
    guestcidraddress: param.text('Addresses of a network that does not name its own'),
    id: param.id('Id of the zone', required),
    internaldns1: param.text('First DNS server of the hosts'),
    internaldns2: param.text('Second DNS server of the hosts'),
    ispublic: param.flag('true: it is no longer set aside for a domain'),
    localstorageenabled: param.flag('Whether the disks of the hosts are used'),
    name: param.text('New name'),
    sortkey: param.whole('Place in lists: higher ones come first'),
  },
  refused: ['dnssearchorder', 'ip6dns1', 'ip6dns2'],
  response: zoneEntity,
  shape: 'one',
  event: 'ZONE.EDIT',
});

export const deleteZone = defineCommand({
  name: 'deleteZone',
  description: 'Deletes a zone in which nothing is left',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the zone', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'ZONE.DELETE',
});
