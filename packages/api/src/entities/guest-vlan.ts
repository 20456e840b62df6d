import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { networkEntity } from './network.ts';
import { ownerFields, projectFields, zoneFields } from './shared.ts';

export const guestVlanEntity = defineEntity({
  name: 'guestvlan',
  fields: {
    ...ownerFields,
    allocationstate: field.text('Allocated or Free'),
    id: field.whole('Number of the tag, made of its physical network and itself'),
    isdedicated: field.flag('Whether it is set aside for an account'),
    network: field.objects('The network that has it', networkEntity.fields),
    physicalnetworkid: field.text('Id of its physical network'),
    physicalnetworkname: field.text('Name of its physical network'),
    ...projectFields,
    taken: field.date('When the network that has it was made'),
    vlan: field.text('The tag'),
    ...zoneFields,
  },
});
