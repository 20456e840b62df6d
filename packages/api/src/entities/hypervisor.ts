import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const hypervisorEntity = defineEntity({
  name: 'hypervisor',
  fields: {
    name: field.text('Name of the hypervisor'),
  },
});
