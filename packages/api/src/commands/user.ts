import { defineCommand } from '../define.ts';
import { registeredUserKeysEntity } from '../entities/registered-user-keys.ts';
import { successEntity } from '../entities/success.ts';
import { userEntity } from '../entities/user.ts';
import { userKeysEntity } from '../entities/user-keys.ts';
import { param, required } from '../param.ts';
import { accountScopeParams, pageParams } from './common.ts';

export const createUser = defineCommand({
  name: 'createUser',
  description: 'Adds a user to an account',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    account: param.text('Name of the account', required),
    domainid: param.id('Domain of the account; that of the caller when not given'),
    email: param.text('Email address of the user', required),
    firstname: param.text('First name of the user', required),
    lastname: param.text('Last name of the user', required),
    password: param.text('Password of the user', required),
    timezone: param.text('Time zone of the user, for example Europe/Vienna'),
    userid: param.id('UUID that the user shall have'),
    username: param.text('Name of the user; unique in the domain', required),
  },
  refused: ['passwordchangerequired'],
  response: userEntity,
  shape: 'one',
  event: 'USER.CREATE',
});

export const listUsers = defineCommand({
  name: 'listUsers',
  description: 'Lists users',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    ...pageParams,
    ...accountScopeParams,
    accounttype: param.whole('Show only users of accounts of this type: 0, 1, 2 or 3', {
      min: 0,
      max: 3,
    }),
    id: param.id('Show only this user'),
    state: param.text('Show only users in this state, for example enabled'),
    username: param.text('Show only users of this name'),
    usersource: param.text('Show only users that log in in this way; all do natively'),
  },
  refused: ['apikeyaccess'],
  response: userEntity,
  shape: 'list',
});

export const deleteUser = defineCommand({
  name: 'deleteUser',
  description: 'Deletes a user; what the account owns stays',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    id: param.id('Id of the user', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'USER.DELETE',
});

export const registerUserKeys = defineCommand({
  name: 'registerUserKeys',
  description: 'Makes a new API key and secret key for a user; older ones stop working',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    enddate: param.date('When the keys stop working'),
    id: param.id('Id of the user', required),
    startdate: param.date('When the keys begin to work'),
  },
  refused: ['description', 'name', 'rules'],
  response: registeredUserKeysEntity,
  shape: 'one',
  event: 'REGISTER.USER.KEY',
});

export const getUserKeys = defineCommand({
  name: 'getUserKeys',
  description: 'Gives the API key and secret key of a user',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the user', required),
  },
  response: userKeysEntity,
  shape: 'one',
});

export const updateUser = defineCommand({
  name: 'updateUser',
  description: 'Changes the name, password, keys or details of a user',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    currentpassword: param.text('Present password, where users change their own'),
    email: param.text('Email address'),
    firstname: param.text('First name'),
    id: param.id('Id of the user', required),
    lastname: param.text('Last name'),
    password: param.text('New password; ends its sessions'),
    timezone: param.text('Time zone, for example Europe/Vienna'),
    userapikey: param.text('API key of the user, with usersecretkey'),
    username: param.text('Name to log in with; unique in the domain'),
    usersecretkey: param.text('Secret key of the user, with userapikey'),
  },
  refused: ['mandate2fa', 'passwordchangerequired', 'apikeyaccess'],
  response: userEntity,
  shape: 'one',
  event: 'USER.UPDATE',
});

export const enableUser = defineCommand({
  name: 'enableUser',
  description: 'Lets a locked or disabled user call again',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: { id: param.id('Id of the user', required) },
  response: userEntity,
  shape: 'one',
  event: 'USER.ENABLE',
});

export const disableUser = defineCommand({
  name: 'disableUser',
  description: 'Keeps a user from calling',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: { id: param.id('Id of the user', required) },
  response: userEntity,
  shape: 'one',
  event: 'USER.DISABLE',
});

export const lockUser = defineCommand({
  name: 'lockUser',
  description: 'Keeps a user from calling until it is enabled',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: { id: param.id('Id of the user', required) },
  response: userEntity,
  shape: 'one',
  event: 'USER.LOCK',
});

export const moveUser = defineCommand({
  name: 'moveUser',
  description: 'Moves a user to another account of its domain',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: param.text('Name of the account to move to, instead of accountid'),
    accountid: param.id('Id of the account to move to'),
    id: param.id('Id of the user', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'USER.MOVE',
});

export const getUser = defineCommand({
  name: 'getUser',
  description: 'Gives the user that an API key belongs to',
  async: false,
  roles: ['Root Admin'],
  params: { userapikey: param.text('API key', required) },
  response: userEntity,
  shape: 'one',
});
