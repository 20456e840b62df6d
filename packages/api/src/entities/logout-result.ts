import { defineEntity } from '../define.ts';

export const logoutResultEntity = defineEntity({
  name: 'logout',
  fields: {
    description: { type: 'string', description: '' },
  },
});
