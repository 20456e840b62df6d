import { defineEntity } from '../define.ts';
import { keysFields } from './user-keys.ts';

export const registeredUserKeysEntity = defineEntity({ name: 'userkeys', fields: keysFields });
