import { defineCommand } from '../define.ts';
import { accountEntity } from '../entities/account.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const createAccount = defineCommand({
  name: 'createAccount',
  description: 'Creates an account and its first user',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    account: param.text('Name of the account; that of the user when not given', { length: 100 }),
    accountid: param.id('UUID that the account shall have'),
    accountdetails: param.map('Free details: accountdetails[0].name=value'),
    accounttype: param.whole(
      '0 user, 1 root administrator, 2 domain administrator, 3 resource administrator',
      { min: 0, max: 3 },
    ),
    domainid: param.id('Domain of the account; that of the caller when not given'),
    email: param.text('Email address of the user', required),
    firstname: param.text('First name of the user', required),
    lastname: param.text('Last name of the user', required),
    networkdomain: param.text('Suffix for the names of hosts in the networks of the account'),
    password: param.text('Password of the user', required),
    roleid: param.id('Role of the account, instead of accounttype'),
    timezone: param.text('Time zone of the user, for example Europe/Vienna'),
    userid: param.id('UUID that the user shall have'),
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
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    accounttype: param.whole('Show only accounts of this type: 0, 1, 2 or 3', { min: 0, max: 3 }),
    details: param.list('Parts to answer: all, min, resource', {
      values: ['all', 'min', 'resource'],
    }),
    domainid: param.id('Show only accounts of this domain'),
    id: param.id('Show only this account'),
    iscleanuprequired: param.flag('Show only accounts that are being deleted (or only others)'),
    isrecursive: param.flag('With domainid or listall: include the domains below'),
    listall: param.flag('Show every account the caller may see'),
    name: param.text('Show only the account of this name'),
    state: param.text('Show only accounts in this state, for example enabled'),
  },
  refused: ['apikeyaccess', 'tag'],
  response: accountEntity,
  shape: 'list',
});

export const deleteAccount = defineCommand({
  name: 'deleteAccount',
  description: 'Deletes an account with its users and everything it owns',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    id: param.id('Id of the account', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'ACCOUNT.DELETE',
});

/** An account by its id, or by its name and domain. */
const namedAccount = {
  account: param.text('Name of the account; needs domainid'),
  domainid: param.id('Domain of that account'),
  id: param.id('Id of the account, instead of account and domainid'),
} as const;

export const updateAccount = defineCommand({
  name: 'updateAccount',
  description: 'Changes the name, role, network domain or details of an account',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    ...namedAccount,
    accountdetails: param.map(
      'Free details that replace those there are: accountdetails[0].name=value',
    ),
    networkdomain: param.text('Suffix for the names of hosts in its networks'),
    newname: param.text('New name of the account', { length: 100 }),
    roleid: param.id('New role of the account'),
  },
  refused: ['apikeyaccess'],
  response: accountEntity,
  shape: 'one',
  event: 'ACCOUNT.UPDATE',
});

export const enableAccount = defineCommand({
  name: 'enableAccount',
  description: 'Lets the users of a locked or disabled account call again',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: namedAccount,
  response: accountEntity,
  shape: 'one',
  event: 'ACCOUNT.ENABLE',
});

export const disableAccount = defineCommand({
  name: 'disableAccount',
  description:
    'Keeps the users of an account from calling and stops its instances, or only locks it',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    ...namedAccount,
    lock: param.flag('true only locks: what runs goes on', required),
  },
  response: accountEntity,
  shape: 'one',
  event: 'ACCOUNT.DISABLE',
});

export const lockAccount = defineCommand({
  name: 'lockAccount',
  description: 'Keeps the users of an account from calling; what runs goes on',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    account: param.text('Name of the account', required),
    domainid: param.id('Domain of the account', required),
  },
  response: accountEntity,
  shape: 'one',
  event: 'ACCOUNT.LOCK',
});
