import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { ownerFields, projectFields } from './shared.ts';

export const userDataEntity = defineEntity({
  name: 'userdata',
  fields: {
    ...ownerFields,
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    accountid: field.text('Id of the account that owns it'),
    id: field.text('Id of the user data'),
    name: field.text('Name of the user data'),
    params: field.text('Names of the variables in it, comma-separated'),
    ...projectFields,
    userdata: field.text('The data, in base64'),
  },
});

export const instanceUserDataEntity = defineEntity({
  name: 'virtualmachineuserdata',
  fields: {
    userdata: field.text('The data, in base64'),
    virtualmachineid: field.text('Id of the instance'),
  },
});

export const instancePasswordEntity = defineEntity({
  name: 'password',
  fields: {
    encryptedpassword: field.text(
      'The password in base64, encrypted with the public key of the instance (RSA, PKCS #1 v1.5)',
    ),
  },
});
