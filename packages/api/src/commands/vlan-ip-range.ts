import { defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';
import { vlanEntity, vlanIpRangeEntity } from '../entities/vlan-ip-range.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

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
    projectid: param.id('Show only ranges set aside for this project'),
    vlan: param.text('Show only ranges of this VLAN; untagged for none'),
    zoneid: param.id('Show only ranges of this zone'),
  },
  response: vlanIpRangeEntity,
  shape: 'list',
});

const refusedIpv6 = ['endipv6', 'ip6cidr', 'ip6gateway', 'startipv6'] as const;

export const createVlanIpRange = defineCommand({
  name: 'createVlanIpRange',
  description: 'Adds a range of public addresses to a zone',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: param.text('Account that the range is set aside for; needs domainid'),
    domainid: param.id('Domain that the range is set aside for, or domain of the account'),
    endip: param.text('Last address; startip when not given'),
    forsystemvms: param.flag('false: no system machine takes public addresses'),
    forvirtualnetwork: param.flag('Whether it is for public traffic; true when not given'),
    gateway: param.text('Gateway of the range; that of the network when not given'),
    netmask: param.text('Netmask of the range'),
    networkid: param.id('Network whose addresses they are'),
    physicalnetworkid: param.id(
      'Physical network that carries it; the one with public traffic when not given',
    ),
    projectid: param.id('Project that the range is set aside for'),
    startip: param.text('First address'),
    vlan: param.text('VLAN, or untagged (as when not given)'),
    zoneid: param.id('Zone of the range'),
  },
  refused: [...refusedIpv6, 'podid', 'provider'],
  response: vlanEntity,
  shape: 'one',
  event: 'VLAN.IP.RANGE.CREATE',
});

export const updateVlanIpRange = defineCommand({
  name: 'updateVlanIpRange',
  description: 'Changes a range of public addresses; those in use stay in it',
  async: false,
  roles: ['Root Admin'],
  params: {
    endip: param.text('New last address'),
    forsystemvms: param.flag('false: no system machine takes public addresses'),
    gateway: param.text('New gateway, while no address is in use'),
    id: param.id('Id of the range', required),
    netmask: param.text('New netmask, while no address is in use'),
    startip: param.text('New first address'),
  },
  refused: refusedIpv6,
  response: vlanEntity,
  shape: 'one',
  event: 'VLAN.IP.RANGE.UPDATE',
});

export const deleteVlanIpRange = defineCommand({
  name: 'deleteVlanIpRange',
  description: 'Deletes a range of public addresses of which none is in use',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the range', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'VLAN.IP.RANGE.DELETE',
});

export const dedicatePublicIpRange = defineCommand({
  name: 'dedicatePublicIpRange',
  description:
    'Sets a range of public addresses aside for an account, or for the accounts of a domain',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: param.text('Account that the range is set aside for'),
    domainid: param.id(
      'Domain that the range is set aside for, or domain of the account',
      required,
    ),
    id: param.id('Id of the range', required),
    projectid: param.id('Project that the range is set aside for, instead of account'),
  },
  response: vlanEntity,
  shape: 'one',
  event: 'VLAN.IP.RANGE.DEDICATE',
});

export const releasePublicIpRange = defineCommand({
  name: 'releasePublicIpRange',
  description: 'Gives a range of public addresses that was set aside back to all',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the range', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'VLAN.IP.RANGE.RELEASE',
});
