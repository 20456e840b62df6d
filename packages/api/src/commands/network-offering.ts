import { defineCommand } from '../define.ts';
import { networkOfferingEntity } from '../entities/network-offering.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const listNetworkOfferings = defineCommand({
  name: 'listNetworkOfferings',
  description: 'Lists kinds of networks',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    availability: param.text('Show only offerings of this availability: Optional or Required'),
    displaytext: param.text('Show only offerings with this display text'),
    domainid: param.id('Show only offerings of this domain'),
    forvpc: param.flag('Show only offerings for tiers of VPCs (or only others)'),
    guestiptype: param.text('Show only offerings of this type: Isolated, Shared or L2'),
    id: param.id('Show only this offering'),
    isdefault: param.flag('Show only offerings that come with the installation (or only others)'),
    istagged: param.flag('Show only offerings with tags (or only those without)'),
    name: param.text('Show only the offering of this name'),
    sourcenatsupported: param.flag('Show only offerings with source NAT (or only those without)'),
    networkid: param.id('Show only offerings that this network can be changed to'),
    specifyipranges: param.flag('Show only offerings whose networks name an address range'),
    specifyvlan: param.flag('Show only offerings whose networks may name a VLAN (or only others)'),
    state: param.text('Show only offerings in this state: Enabled or Disabled'),
    supportedservices: param.list('Show only offerings with all of these services'),
    tags: param.text('Show only offerings with this tag', { length: 4096 }),
    traffictype: param.text('Show only offerings for this traffic: Guest'),
    zoneid: param.id('Show only offerings of this zone'),
  },
  refused: ['routingmode'],
  response: networkOfferingEntity,
  shape: 'list',
});

/** What an offering is made of. */
const offeringParams = {
  availability: param.text('Optional or Required', { values: ['Optional', 'Required'] }),
  conservemode: param.flag(
    'Whether one public address serves several kinds of rules; default true',
  ),
  details: param.map('Free details: details[0].name=value'),
  displaytext: param.text('Text shown for the offering; its name when not given'),
  domainid: param.ids('Domains that may use it; all when not given'),
  egressdefaultpolicy: param.flag('Whether guests reach the outside without an egress rule'),
  enable: param.flag('Whether it can be used at once; otherwise it is made disabled'),
  forvpc: param.flag('Whether it is for tiers of VPCs'),
  internetprotocol: param.text('Protocol of the networks', { values: ['IPv4'] }),
  ispersistent: param.flag('Whether a network runs without instances'),
  maxconnections: param.whole('Largest number of connections of a load balancer', { min: 1 }),
  networkmode: param.text('How networks reach the outside', { values: ['NATTED'] }),
  networkrate: param.whole('Network rate in Mbit/s; 0 for no limit', { min: 0 }),
  servicecapabilitylist: param.map(
    'Choices: servicecapabilitylist[0].service, .capabilitytype and .capabilityvalue',
  ),
  serviceofferingid: param.id('Size of the routers'),
  serviceproviderlist: param.map('Providers: serviceproviderlist[0].service and .provider'),
  specifyipranges: param.flag('Whether a network names its address range'),
  specifyvlan: param.flag('Whether a network may name its VLAN'),
  supportedservices: param.list(
    'Services, for example Dhcp,Dns,SourceNat,StaticNat,PortForwarding',
  ),
  tags: param.text('Tags that a physical network must have', { length: 4096 }),
  zoneid: param.ids('Zones it is for; all when not given'),
} as const;

const guestTypes = ['Isolated', 'Shared', 'L2'] as const;
const refusedOfOfferings = [
  'fornsx',
  'fortungsten',
  'provider',
  'routingmode',
  'specifyasnumber',
] as const;

export const createNetworkOffering = defineCommand({
  name: 'createNetworkOffering',
  description: 'Creates a kind of network: its services and who provides them',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...offeringParams,
    guestiptype: param.text('Isolated, Shared or L2', { required: true, values: guestTypes }),
    name: param.text('Name of the offering', required),
    traffictype: param.text('Kind of traffic', { required: true, values: ['Guest'] }),
  },
  refused: refusedOfOfferings,
  response: networkOfferingEntity,
  shape: 'one',
  event: 'NETWORK.OFFERING.CREATE',
});

export const cloneNetworkOffering = defineCommand({
  name: 'cloneNetworkOffering',
  description: 'Creates a kind of network like another one, but for what is given',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...offeringParams,
    addservices: param.list('Services that it has beside those of the other'),
    dropservices: param.list('Services of the other that it has not'),
    guestiptype: param.text('Isolated, Shared or L2', { values: guestTypes }),
    name: param.text('Name of the offering', required),
    sourceofferingid: param.id('The other offering', required),
    traffictype: param.text('Kind of traffic', { values: ['Guest'] }),
  },
  refused: refusedOfOfferings,
  response: networkOfferingEntity,
  shape: 'one',
  event: 'NETWORK.OFFERING.CREATE',
});

export const updateNetworkOffering = defineCommand({
  name: 'updateNetworkOffering',
  description: 'Changes texts, state and availability of a network offering',
  async: false,
  roles: ['Root Admin'],
  params: {
    availability: param.text('Optional or Required', { values: ['Optional', 'Required'] }),
    displaytext: param.text('New text'),
    domainid: param.text('Domains that may use it, comma-separated; public for all', {
      length: 4096,
    }),
    id: param.id('Id of the offering'),
    maxconnections: param.whole('Largest number of connections of a load balancer', { min: 1 }),
    name: param.text('New name'),
    sortkey: param.whole('Place in lists; smaller numbers come first'),
    state: param.text('Enabled or Disabled', { values: ['Enabled', 'Disabled'] }),
    tags: param.text('Tags that a physical network must have', { length: 4096 }),
    zoneid: param.text('Zones it is for, comma-separated; all for every one', { length: 4096 }),
  },
  response: networkOfferingEntity,
  shape: 'one',
  event: 'NETWORK.OFFERING.EDIT',
});

export const deleteNetworkOffering = defineCommand({
  name: 'deleteNetworkOffering',
  description: 'Deletes a network offering; networks made from it stay',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the offering', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'NETWORK.OFFERING.DELETE',
});
