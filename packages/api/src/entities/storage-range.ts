import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const storageRangeEntity = defineEntity({
  name: 'storagenetworkiprange',
  fields: {
    endip: field.text('Last address'),
    gateway: field.text('Gateway'),
    id: field.text('Id of the range'),
    netmask: field.text('Netmask'),
    networkid: field.text('Id of the storage network of the zone'),
    podid: field.text('Id of its pod'),
    startip: field.text('First address'),
    vlan: field.whole('VLAN; absent when untagged'),
    zoneid: field.text('Id of its zone'),
  },
});
