import { defineCommand } from '../define.ts';
import { dedicatedVlanRangeEntity } from '../entities/dedicated-vlan-range.ts';
import { guestVlanEntity } from '../entities/guest-vlan.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const dedicateGuestVlanRange = defineCommand({
  name: 'dedicateGuestVlanRange',
  description: 'Sets tags of a physical network aside for the networks of an account',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: param.text('Account that the tags are set aside for; needs domainid'),
    domainid: param.id('Domain of that account'),
    physicalnetworkid: param.id('Id of the physical network', required),
    projectid: param.id('Project that the tags are set aside for, instead of account'),
    vlanrange: param.text('First and last tag, for example 100-109', required),
  },
  response: dedicatedVlanRangeEntity,
  shape: 'one',
  event: 'GUEST.VLAN.RANGE.DEDICATE',
});

export const listDedicatedGuestVlanRanges = defineCommand({
  name: 'listDedicatedGuestVlanRanges',
  description: 'Lists tags that are set aside for accounts',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    account: param.text('Show only ranges of this account; needs domainid'),
    domainid: param.id('Domain of that account'),
    guestvlanrange: param.text('Show only this range, for example 100-109'),
    id: param.id('Show only this range'),
    physicalnetworkid: param.id('Show only ranges of this physical network'),
    projectid: param.id('Show only ranges of this project'),
    zoneid: param.id('Show only ranges of this zone'),
  },
  response: dedicatedVlanRangeEntity,
  shape: 'list',
});

export const releaseDedicatedGuestVlanRange = defineCommand({
  name: 'releaseDedicatedGuestVlanRange',
  description: 'Gives tags that were set aside back to all',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the range that was set aside', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'GUEST.VLAN.RANGE.RELEASE',
});

export const listGuestVlans = defineCommand({
  name: 'listGuestVlans',
  description: 'Lists the tags of the physical networks and who has them',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    allocatedonly: param.flag('Show only tags that a network has'),
    id: param.long('Show only the tag of this id'),
    physicalnetworkid: param.id('Show only tags of this physical network'),
    vnet: param.text('Show only this tag'),
    zoneid: param.id('Show only tags of this zone'),
  },
  response: guestVlanEntity,
  shape: 'list',
});
