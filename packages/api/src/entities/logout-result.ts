import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const logoutResultEntity = defineEntity({
  name: 'logout',
  fields: {
    description: field.text('success'),
  },
});
