import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { capacityFields } from './capacity.ts';
import { zoneFields } from './shared.ts';

export const podEntity = defineEntity({
  name: 'pod',
  fields: {
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    allocationstate: field.text('Whether instances are put here: Enabled or Disabled'),
    capacity: field.objects('What its hosts have, where asked for', capacityFields),
    endip: field.list('Last addresses of its ranges'),
    forsystemvms: field.list('For each range, whether it is kept for system machines: 0 or 1'),
    gateway: field.text('Gateway of its hosts'),
    id: field.text('Id of the pod'),
    ipranges: field.objects('Ranges of addresses', {
      cidr: field.text('Network of the range'),
      endip: field.text('Last address'),
      forsystemvms: field.text('Whether it is kept for system machines: 0 or 1'),
      gateway: field.text('Gateway'),
      startip: field.text('First address'),
      vlanid: field.text('VLAN'),
    }),
    name: field.text('Name of the pod'),
    netmask: field.text('Netmask of its hosts'),
    startip: field.list('First addresses of its ranges'),
    vlanid: field.list('VLANs of its ranges'),
    ...zoneFields,
  },
});
