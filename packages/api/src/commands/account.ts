import { defineCommand } from '../define.ts';
import { accountEntity } from '../entities/account.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const createAccount = defineCommand({
  name: 'createAccount',
  description: 'Creates an account and its first user',
  async: false,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    account: param.text('Name of the account; that of the user when not given', { length: 100 }),
    accountdetails: param.map('Free details: accountdetails[0].name=value'),
    accounttype: param.whole('0 user, 1 root administrator, 2 domain administrator', {
      min: 0,
      max: 2,
    }),
    domainid: param.id('Domain of the account; that of the caller when not given'),
    email: param.text('Email address of the user', required),
    firstname: param.text('First name of the user', required),
    lastname: param.text('Last name of the user', required),
    networkdomain: param.text('Suffix for the names of hosts in the networks of the account'),
    password: param.text('Password of the user', required),
    roleid: param.id('Role of the account, instead of accounttype'),
    timezone: param.text('Time zone of the user, for example Europe/Vienna'),
    username: param.text('Name of the user; unique in the domain', required),
  },
  response: accountEntity,
  shape: 'one',
  event: 'ACCOUNT.CREATE',
});

export const listAccounts = defineCommand({
  name: 'listAccounts',
  description: 'Lists accounts with their users and what they use',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    accounttype: param.whole('Show only accounts of this type: 0, 1 or 2', { min: 0, max: 2 }),
    details: param.list('Parts to answer: all, min, resource', {
      values: ['all', 'min', 'resource'],
    }),
    domainid: param.id('Show only accounts of this domain'),
    id: param.id('Show only this account'),
    isrecursive: param.flag('With domainid or listall: include the domains below'),
    listall: param.flag('Show every account the caller may see'),
    name: param.text('Show only the account of this name'),
    state: param.text('Show only accounts in this state, for example enabled'),
  },
  response: accountEntity,
  shape: 'list',
});

export const deleteAccount = defineCommand({
  name: 'deleteAccount',
  description: 'Deletes an account with its users and everything it owns',
  async: true,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    id: param.id('Id of the account', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'ACCOUNT.DELETE',
});
