import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const alertEntity = defineEntity({
  name: 'alert',
  fields: {
    description: field.text('What is wrong'),
    id: field.text('Id of the alert'),
    name: field.text('Name of its type'),
    sent: field.date('When it was raised'),
    type: field.whole('Number of its type'),
  },
});
