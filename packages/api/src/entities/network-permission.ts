import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { projectFields } from './shared.ts';

export const networkPermissionEntity = defineEntity({
  name: 'networkpermission',
  fields: {
    account: field.text('Name of the account'),
    accountid: field.text('Id of the account'),
    domain: field.text('Name of the domain of the account'),
    domainid: field.text('Id of the domain of the account'),
    networkid: field.text('Id of the network'),
    ...projectFields,
  },
});
