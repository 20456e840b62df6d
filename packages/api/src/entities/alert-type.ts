import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const alertTypeEntity = defineEntity({
  name: 'alerttype',
  fields: {
    name: field.text('Name of the type'),
    type: field.whole('Number of the type'),
  },
});
