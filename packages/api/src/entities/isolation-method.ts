import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const isolationMethodEntity = defineEntity({
  name: 'isolationmethod',
  fields: {
    name: field.text('Name: VLAN or VXLAN'),
  },
});
