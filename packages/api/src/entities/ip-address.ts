import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { ownerFields, projectFields, taggedFields, zoneFields } from './shared.ts';

const addressFields = {
  hasannotations: field.flag('Whether there are notes about it that the caller may read'),
  ...ownerFields,
  allocated: field.date('When it was taken'),
  associatednetworkid: field.text('Id of the network it is used in'),
  associatednetworkname: field.text('Name of the network it is used in'),
  fordisplay: field.flag('Whether the owner sees it'),
  forsystemvms: field.flag('Whether it is kept for system machines'),
  forvirtualnetwork: field.flag('Whether it is for public traffic'),
  hasrules: field.flag('Whether it has rules'),
  id: field.text('Id of the address'),
  ipaddress: field.text('The address'),
  isportable: field.flag('Whether it can move to another zone'),
  issourcenat: field.flag('Whether it is the source NAT address of its network'),
  isstaticnat: field.flag('Whether it belongs to one instance'),
  issystem: field.flag('Whether the system took it'),
  networkid: field.text('Id of the public network'),
  networkname: field.text('Name of the public network'),
  physicalnetworkid: field.text('Id of the physical network'),
  ...projectFields,
  purpose: field.text('What it is used for: StaticNat, PortForwarding or Firewall'),
  state: field.text('Free, Allocating, Allocated, Releasing or Reserved'),
  ...taggedFields,
  virtualmachinedisplayname: field.text('Text shown for its instance'),
  virtualmachineid: field.text('Id of its instance'),
  virtualmachinename: field.text('Name of its instance'),
  virtualmachinetype: field.text('Kind of its instance: User'),
  vlanid: field.text('Id of its range'),
  vlanname: field.text('VLAN of its range'),
  vmipaddress: field.text('Address of its instance inside'),
  vpcid: field.text('Id of the VPC it is used in'),
  vpcname: field.text('Name of the VPC it is used in'),
  ...zoneFields,
} as const;

export const ipAddressEntity = defineEntity({ name: 'publicipaddress', fields: addressFields });

/** CloudStack names the object otherwise when it was just taken. */
export const associatedAddressEntity = defineEntity({ name: 'ipaddress', fields: addressFields });
