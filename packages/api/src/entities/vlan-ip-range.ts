import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { ownerFields, podFields, projectFields } from './shared.ts';

export const vlanIpRangeEntity = defineEntity({
  name: 'vlaniprange',
  fields: {
    ...ownerFields,
    cidr: field.text('Network of the range'),
    description: field.text('Text about the range'),
    endip: field.text('Last address'),
    forsystemvms: field.flag('Whether it is kept for system machines'),
    forvirtualnetwork: field.flag('Whether it is for public traffic'),
    gateway: field.text('Gateway'),
    id: field.text('Id of the range'),
    netmask: field.text('Netmask'),
    networkid: field.text('Id of its network'),
    physicalnetworkid: field.text('Id of its physical network'),
    ...podFields,
    ...projectFields,
    startip: field.text('First address'),
    vlan: field.text('VLAN, for example vlan://untagged'),
    zoneid: field.text('Id of its zone'),
  },
});

/** The same under the key that commands about one range answer with. */
export const vlanEntity = defineEntity({ name: 'vlan', fields: vlanIpRangeEntity.fields });
