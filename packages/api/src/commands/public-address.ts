import { defineCommand } from '../define.ts';
import { associatedAddressEntity, ipAddressEntity } from '../entities/ip-address.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import {
  displayParams,
  ownerParams,
  pageParams,
  refusedScope,
  scopeParams,
  tagParams,
} from './common.ts';

export const associateIpAddress = defineCommand({
  name: 'associateIpAddress',
  description: 'Takes a public address for an account or a network',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...ownerParams,
    fordisplay: param.flag('Whether the owner sees the address'),
    ipaddress: param.text('Address to take; any free one when not given'),
    networkid: param.id('Network to use it in'),
    zoneid: param.id('Zone to take it from; that of the network when not given'),
  },
  refused: [...refusedScope, 'isportable'],
  response: associatedAddressEntity,
  shape: 'one',
  event: 'NET.IPASSIGN',
});

export const disassociateIpAddress = defineCommand({
  name: 'disassociateIpAddress',
  description: 'Gives a public address back, with its rules',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the address'),
    ipaddress: param.text('The address itself, instead of its id'),
  },
  response: successEntity,
  shape: 'success',
  event: 'NET.IPRELEASE',
});

export const reserveIpAddress = defineCommand({
  name: 'reserveIpAddress',
  description: 'Keeps a free public address for an account, which takes it with associateIpAddress',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...ownerParams,
    fordisplay: param.flag('Whether the owner sees the address'),
    id: param.id('Id of the address', required),
  },
  response: ipAddressEntity,
  shape: 'one',
  event: 'NET.IPRESERVE',
});

export const releaseIpAddress = defineCommand({
  name: 'releaseIpAddress',
  description: 'Gives a reserved public address back',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the address', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'NET.IPRELEASE',
});

export const updateIpAddress = defineCommand({
  name: 'updateIpAddress',
  description: 'Changes whether the owner sees a public address',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    fordisplay: param.flag('Whether the owner sees the address'),
    id: param.id('Id of the address', required),
  },
  response: ipAddressEntity,
  shape: 'one',
  event: 'NET.IPUPDATE',
});

export const listPublicIpAddresses = defineCommand({
  name: 'listPublicIpAddresses',
  description: 'Lists public addresses',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    ...tagParams,
    ...displayParams,
    allocatedonly: param.flag('Whether to leave free addresses out; default true'),
    associatednetworkid: param.id('Show only addresses used in this network'),
    forloadbalancing: param.flag('Show only addresses that load balance (or only others)'),
    forprovider: param.flag('Show only addresses of other network providers; there are none'),
    forsystemvms: param.flag('Show only addresses of ranges kept for system machines'),
    forvirtualnetwork: param.flag('Show only addresses for public traffic (or only others)'),
    id: param.id('Show only this address'),
    ipaddress: param.text('Show only this address, by itself'),
    issourcenat: param.flag('Show only addresses for source NAT (or only others)'),
    isstaticnat: param.flag('Show only addresses with static NAT (or only others)'),
    networkid: param.id('Show only addresses of this public network'),
    physicalnetworkid: param.id('Show only addresses on this physical network'),
    state: param.text('Show only addresses in this state, for example Allocated'),
    vlanid: param.id('Show only addresses of this range'),
    zoneid: param.id('Show only addresses of this zone'),
  },
  refused: refusedScope,
  response: ipAddressEntity,
  shape: 'list',
});
