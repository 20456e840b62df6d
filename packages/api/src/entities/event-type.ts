import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const eventTypeEntity = defineEntity({
  name: 'eventtype',
  fields: {
    name: field.text('Name of the type'),
  },
});
