import { defineEntity } from '../define.ts';

export const hypervisorEntity = defineEntity({
  name: 'hypervisor',
  fields: {
    name: { type: 'string', description: '' },
  },
});
