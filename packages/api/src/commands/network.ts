import { defineCommand } from '../define.ts';
import { networkEntity } from '../entities/network.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { ownerParams, pageParams, refusedScope, scopeParams, tagParams } from './common.ts';

const mtu = { min: 68, max: 9000 } as const;

export const createNetwork = defineCommand({
  name: 'createNetwork',
  description: 'Creates a network',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...ownerParams,
    acltype: param.text('Who may use it', { values: ['Account', 'Domain'] }),
    bypassvlanoverlapcheck: param.flag(
      'Of a shared or L2 network: allow a VLAN of the range that networks get theirs from',
    ),
    displaynetwork: param.flag('Whether the owner sees the network'),
    displaytext: param.text('Text shown for the network; its name when not given'),
    dns1: param.text('First DNS server the router asks; the zone has one when not given'),
    dns2: param.text('Second DNS server the router asks'),
    endip: param.text('Of a shared network: last address; startip when not given'),
    externalid: param.text('Name that the caller knows it by; no other network has it'),
    gateway: param.text(
      'Address of the router inside, of a shared network that of its physical router',
    ),
    name: param.text('Name of the network', required),
    netmask: param.text('Netmask, for example 255.255.255.0; with gateway'),
    networkdomain: param.text('Suffix for the names of the instances'),
    networkofferingid: param.id('Kind of network', required),
    physicalnetworkid: param.id('Physical network it is made on'),
    privatemtu: param.whole('Largest packet inside, in bytes', mtu),
    publicmtu: param.whole('Largest packet on the public side, in bytes', mtu),
    routerip: param.text(
      'Of a shared network: address of its DHCP and DNS server; startip when not given',
    ),
    sourcenatipaddress: param.text('Public address for source NAT; any free one when not given'),
    startip: param.text('Of a shared network: first address for instances'),
    subdomainaccess: param.flag('With acltype Domain: whether domains below may use it'),
    vlan: param.text('VLAN to use, where offering and role allow it'),
    zoneid: param.id('Zone of the network', required),
  },
  refused: [
    ...refusedScope,
    'aclid',
    'associatednetworkid',
    'cidrsize',
    'endipv6',
    'ip6cidr',
    'ip6dns1',
    'ip6dns2',
    'ip6gateway',
    'isolatedpvlan',
    'isolatedpvlantype',
    'routeripv6',
    'startipv6',
  ],
  response: networkEntity,
  shape: 'one',
  event: 'NETWORK.CREATE',
});

export const listNetworks = defineCommand({
  name: 'listNetworks',
  description: 'Lists networks',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    ...tagParams,
    acltype: param.text('Show only networks of this access: Account or Domain'),
    canusefordeploy: param.flag('Show only networks that can take an instance (or only others)'),
    displaynetwork: param.flag('Show only networks that are (or are not) shown to their owner'),
    forvpc: param.flag('Show only tiers of VPCs (or only other networks)'),
    id: param.id('Show only this network'),
    issystem: param.flag('Show only networks of the system (or only others)'),
    name: param.text('Show only networks of this name'),
    networkfilter: param.text('Whose networks: Account, Domain, AccountDomain, Shared or All', {
      values: ['Account', 'Domain', 'AccountDomain', 'Shared', 'All'],
    }),
    networkofferingid: param.id('Show only networks of this offering'),
    physicalnetworkid: param.id('Show only networks on this physical network'),
    restartrequired: param.flag('Show only networks that need a restart (or only others)'),
    specifyipranges: param.flag('Show only networks that name an address range (or only others)'),
    supportedservices: param.list('Show only networks with all of these services'),
    traffictype: param.text('Show only networks of this traffic: Guest'),
    type: param.text('Show only networks of this type: Isolated, Shared or L2'),
    vlan: param.text('Show only the network of this VLAN'),
    zoneid: param.id('Show only networks of this zone'),
  },
  refused: [...refusedScope, 'associatednetworkid'],
  response: networkEntity,
  shape: 'list',
});

export const updateNetwork = defineCommand({
  name: 'updateNetwork',
  description: 'Changes a network; running instances keep their connections',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    changecidr: param.flag('Of no effect: a change of offering keeps the addresses'),
    displaynetwork: param.flag('Whether the owner sees the network'),
    displaytext: param.text('New text'),
    dns1: param.text('First DNS server the router asks'),
    dns2: param.text('Second DNS server the router asks'),
    forced: param.flag('With networkofferingid: change it even if rules are lost'),
    guestvmcidr: param.text('Part of the network that instances get addresses from, as a CIDR'),
    id: param.id('Id of the network', required),
    name: param.text('New name'),
    networkdomain: param.text('New suffix for the names of the instances'),
    networkofferingid: param.id('New kind of network'),
    privatemtu: param.whole('Largest packet inside, in bytes', mtu),
    publicmtu: param.whole('Largest packet on the public side, in bytes', mtu),
    sourcenatipaddress: param.text('Public address of the network to use for source NAT'),
    updateinsequence: param.flag('Of no effect: a network has one router'),
  },
  refused: ['ip6dns1', 'ip6dns2'],
  response: networkEntity,
  shape: 'one',
  event: 'NETWORK.UPDATE',
});

export const deleteNetwork = defineCommand({
  name: 'deleteNetwork',
  description: 'Deletes a network that has no instances, with its router and rules',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    forced: param.flag(
      'Delete it although it cannot be shut down; nothing is left behind either way',
    ),
    id: param.id('Id of the network', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'NETWORK.DELETE',
});

export const restartNetwork = defineCommand({
  name: 'restartNetwork',
  description: 'Compares a network with what it should be and repairs it, or replaces its router',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    cleanup: param.flag('Replace the router by a new one'),
    id: param.id('Id of the network', required),
  },
  refused: ['livepatch', 'makeredundant'],
  response: successEntity,
  shape: 'success',
  event: 'NETWORK.RESTART',
});
