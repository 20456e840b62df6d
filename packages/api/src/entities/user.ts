import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields } from './shared.ts';

export const userFields = {
  account: field.text('Account of the user'),
  accountid: field.text('Id of that account'),
  accounttype: field.whole(
    'Type of that account: 0 user, 1 root administrator, 2 domain administrator',
  ),
  apikey: field.text('API key, where the caller may know it'),
  ...createdFields,
  domain: field.text('Name of its domain'),
  domainid: field.text('Id of its domain'),
  email: field.text('Email address'),
  firstname: field.text('First name'),
  id: field.text('Id of the user'),
  is2faenabled: field.flag('Whether a second factor is asked for at login'),
  is2famandated: field.flag('Whether a second factor must be set up'),
  iscallerchilddomain: field.flag('Whether its domain is below that of the caller'),
  isdefault: field.flag('Whether it came with the installation'),
  lastname: field.text('Last name'),
  roleid: field.text('Id of its role'),
  rolename: field.text('Name of its role'),
  roletype: field.text('Kind of its role: Admin, DomainAdmin or User'),
  state: field.text('State, for example enabled'),
  timezone: field.text('Time zone'),
  username: field.text('Name to log in with'),
  usersource: field.text('Where it comes from: native'),
} as const;

export const userEntity = defineEntity({ name: 'user', fields: userFields });
