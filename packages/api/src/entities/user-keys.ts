import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const keysFields = {
  apikey: field.text('API key'),
  apikeyaccess: field.flag('Whether the user may call with keys'),
  secretkey: field.text('Secret key'),
} as const;

export const userKeysEntity = defineEntity({ name: 'userkeys', fields: keysFields });
