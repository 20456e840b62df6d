import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { zoneFields } from './shared.ts';

export const physicalNetworkEntity = defineEntity({
  name: 'physicalnetwork',
  fields: {
    broadcastdomainrange: field.text('What its tags are unique in: ZONE'),
    domainid: field.text('Id of the domain it is set aside for'),
    id: field.text('Id of the physical network'),
    isolationmethods: field.text('How networks are kept apart: VLAN or VXLAN'),
    name: field.text('Name of the physical network'),
    networkspeed: field.text('Speed, for example 1G'),
    state: field.text('Enabled or Disabled'),
    tags: field.text('Tags, comma-separated'),
    vlan: field.text('Ranges of tags, for example 100-199'),
    ...zoneFields,
  },
});
