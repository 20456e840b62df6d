import { defineEntity } from '../define.ts';

export const registeredUserKeysEntity = defineEntity({
  name: 'userkeys',
  fields: {
    apikey: { type: 'string', description: '' },
    apikeyaccess: { type: 'boolean', description: '' },
    secretkey: { type: 'string', description: '' },
  },
});
