import { defineEntity } from '../define.ts';

export const eventTypeEntity = defineEntity({
  name: 'eventtype',
  fields: {
    name: { type: 'string', description: '' },
  },
});
