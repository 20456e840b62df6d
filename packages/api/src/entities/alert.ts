import { defineEntity } from '../define.ts';

export const alertEntity = defineEntity({
  name: 'alert',
  fields: {
    description: { type: 'string', description: '' },
    id: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    sent: { type: 'string', description: '' },
    type: { type: 'integer', description: '' },
  },
});
