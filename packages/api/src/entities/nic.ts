import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const nicFields = {
  adaptertype: field.text('Kind of adapter'),
  broadcasturi: field.text('Tag of its network, for example vlan://100'),
  deviceid: field.text('Number of the interface in its instance, from 0'),
  enabled: field.flag('Whether its link is up'),
  extradhcpoption: field.list('Extra DHCP options'),
  gateway: field.text('Address of the router'),
  id: field.text('Id of the interface'),
  ipaddress: field.text('Address'),
  isdefault: field.flag('Whether the default route goes through it'),
  isolationuri: field.text('Tag of its network, for example vlan://100'),
  macaddress: field.text('MAC address'),
  mtu: field.whole('Largest packet in bytes'),
  netmask: field.text('Netmask'),
  networkid: field.text('Id of its network'),
  networkname: field.text('Name of its network'),
  publicip: field.text('Public address that belongs to it'),
  publicipid: field.text('Id of that public address'),
  secondaryip: field.objects('Further addresses', {
    id: field.text('Id of the address'),
    ipaddress: field.text('The address'),
  }),
  traffictype: field.text('Kind of traffic: Guest, Public or Control'),
  type: field.text('Type of its network: Isolated or Shared'),
  virtualmachineid: field.text('Id of its instance'),
  vlanid: field.whole('VLAN; shown to administrators'),
  vpcid: field.text('Id of the VPC of its network'),
  vpcname: field.text('Name of the VPC of its network'),
} as const;

/** A further address of an interface. */
export const nicSecondaryIpEntity = defineEntity({
  name: 'nicsecondaryip',
  fields: {
    id: field.text('Id of the address'),
    ipaddress: field.text('The address'),
    networkid: field.text('Id of its network'),
    nicid: field.text('Id of its interface'),
    virtualmachineid: field.text('Id of its instance'),
  },
});

export const nicEntity = defineEntity({ name: 'nic', fields: nicFields });
