import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { keyPairFields } from './ssh-key-pair.ts';

export const createdKeyPairEntity = defineEntity({
  name: 'keypair',
  fields: {
    ...keyPairFields,
    privatekey: field.text('Private key, in PEM'),
  },
});
