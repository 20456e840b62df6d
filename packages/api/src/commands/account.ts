import { defineCommand } from '../define.ts';
import { accountEntity } from '../entities/account.ts';
import { successEntity } from '../entities/success.ts';

export const createAccount = defineCommand({
  name: 'createAccount',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: { type: 'string', description: '' },
    accountdetails: { type: 'map', description: '' },
    accountid: { type: 'string', description: '' },
    accounttype: { type: 'integer', description: '' },
    domainid: { type: 'uuid', description: '' },
    email: { type: 'string', description: '', required: true },
    firstname: { type: 'string', description: '', required: true },
    lastname: { type: 'string', description: '', required: true },
    networkdomain: { type: 'string', description: '' },
    password: { type: 'string', description: '', required: true },
    roleid: { type: 'uuid', description: '' },
    timezone: { type: 'string', description: '' },
    userid: { type: 'string', description: '' },
    username: { type: 'string', description: '', required: true },
  },
  response: accountEntity,
  shape: 'one',
});

export const listAccounts = defineCommand({
  name: 'listAccounts',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    accounttype: { type: 'integer', description: '' },
    apikeyaccess: { type: 'string', description: '' },
    details: { type: 'list', description: '' },
    domainid: { type: 'uuid', description: '' },
    id: { type: 'uuid', description: '' },
    iscleanuprequired: { type: 'boolean', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    listall: { type: 'boolean', description: '' },
    name: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    showicon: { type: 'boolean', description: '' },
    state: { type: 'string', description: '' },
    tag: { type: 'string', description: '' },
  },
  response: accountEntity,
  shape: 'list',
});

export const deleteAccount = defineCommand({
  name: 'deleteAccount',
  description: '',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: { type: 'uuid', description: '', required: true },
  },
  response: successEntity,
  shape: 'success',
});
