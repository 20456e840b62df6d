import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const successEntity = defineEntity({
  name: 'success',
  fields: {
    displaytext: field.text('What was done'),
    success: field.flag('Whether it was done'),
  },
});
