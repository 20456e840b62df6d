import { defineCommand } from '../define.ts';
import { ipAddressEntity } from '../entities/ip-address.ts';
import { successEntity } from '../entities/success.ts';

export const associateIpAddress = defineCommand({
  name: 'associateIpAddress',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    fordisplay: { type: 'boolean', description: '' },
    ipaddress: { type: 'string', description: '' },
    isportable: { type: 'boolean', description: '' },
    networkid: { type: 'uuid', description: '' },
    projectid: { type: 'uuid', description: '' },
    regionid: { type: 'integer', description: '' },
    vpcid: { type: 'uuid', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: ipAddressEntity,
  shape: 'one',
});

export const disassociateIpAddress = defineCommand({
  name: 'disassociateIpAddress',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    id: { type: 'uuid', description: '' },
    ipaddress: { type: 'string', description: '' },
  },
  response: successEntity,
  shape: 'success',
});

export const listPublicIpAddresses = defineCommand({
  name: 'listPublicIpAddresses',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    allocatedonly: { type: 'boolean', description: '' },
    associatednetworkid: { type: 'uuid', description: '' },
    domainid: { type: 'uuid', description: '' },
    fordisplay: { type: 'boolean', description: '' },
    forloadbalancing: { type: 'boolean', description: '' },
    forprovider: { type: 'boolean', description: '' },
    forsystemvms: { type: 'boolean', description: '' },
    forvirtualnetwork: { type: 'boolean', description: '' },
    id: { type: 'uuid', description: '' },
    ipaddress: { type: 'string', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    issourcenat: { type: 'boolean', description: '' },
    isstaticnat: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    listall: { type: 'boolean', description: '' },
    networkid: { type: 'uuid', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    physicalnetworkid: { type: 'uuid', description: '' },
    projectid: { type: 'uuid', description: '' },
    retrieveonlyresourcecount: { type: 'boolean', description: '' },
    state: { type: 'string', description: '' },
    tags: { type: 'map', description: '' },
    vlanid: { type: 'uuid', description: '' },
    vpcid: { type: 'uuid', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: ipAddressEntity,
  shape: 'list',
});
