import { defineCommand } from '../define.ts';
import { registeredUserKeysEntity } from '../entities/registered-user-keys.ts';
import { successEntity } from '../entities/success.ts';
import { userEntity } from '../entities/user.ts';
import { userKeysEntity } from '../entities/user-keys.ts';

export const createUser = defineCommand({
  name: 'createUser',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: { type: 'string', description: '', required: true },
    domainid: { type: 'uuid', description: '' },
    email: { type: 'string', description: '', required: true },
    firstname: { type: 'string', description: '', required: true },
    lastname: { type: 'string', description: '', required: true },
    password: { type: 'string', description: '', required: true },
    passwordchangerequired: { type: 'boolean', description: '' },
    timezone: { type: 'string', description: '' },
    userid: { type: 'string', description: '' },
    username: { type: 'string', description: '', required: true },
  },
  response: userEntity,
  shape: 'one',
});

export const listUsers = defineCommand({
  name: 'listUsers',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: { type: 'string', description: '' },
    accounttype: { type: 'integer', description: '' },
    apikeyaccess: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    id: { type: 'uuid', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    listall: { type: 'boolean', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    showicon: { type: 'boolean', description: '' },
    state: { type: 'string', description: '' },
    username: { type: 'string', description: '' },
    usersource: { type: 'string', description: '' },
  },
  response: userEntity,
  shape: 'list',
});

export const deleteUser = defineCommand({
  name: 'deleteUser',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: { type: 'uuid', description: '', required: true },
  },
  response: successEntity,
  shape: 'success',
});

export const registerUserKeys = defineCommand({
  name: 'registerUserKeys',
  description: '',
  async: true,
  roles: ['Root Admin'],
  params: {
    description: { type: 'string', description: '' },
    enddate: { type: 'date', description: '' },
    id: { type: 'uuid', description: '', required: true },
    name: { type: 'string', description: '' },
    rules: { type: 'map', description: '' },
    startdate: { type: 'date', description: '' },
  },
  response: registeredUserKeysEntity,
  shape: 'one',
});

export const getUserKeys = defineCommand({
  name: 'getUserKeys',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    id: { type: 'uuid', description: '', required: true },
  },
  response: userKeysEntity,
  shape: 'one',
});
