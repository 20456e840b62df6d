import { defineEntity } from '../define.ts';

export const successEntity = defineEntity({
  name: 'success',
  fields: {
    success: { type: 'boolean', description: '' },
    displaytext: { type: 'string', description: '' },
  },
});
