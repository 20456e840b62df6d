import { defineEntity } from '../define.ts';

export const routerHealthChecksEntity = defineEntity({
  name: 'routerhealthchecks',
  fields: {
    healthchecks: { type: 'list', description: '' },
    routerid: { type: 'string', description: '' },
  },
});
