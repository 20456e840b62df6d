import { defineCommand } from '../define.ts';
import { networkPermissionEntity } from '../entities/network-permission.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';

const roles = ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'] as const;
const networkid = param.id('Network of one account', required);
const accountParams = {
  accountids: param.ids('Accounts'),
  accounts: param.list('Names of accounts in the domain of the network, instead of ids'),
  networkid,
  projectids: param.ids('Projects'),
} as const;

export const createNetworkPermissions = defineCommand({
  name: 'createNetworkPermissions',
  description: 'Lets further accounts put instances into a network of one account',
  async: false,
  roles,
  params: accountParams,
  response: successEntity,
  shape: 'success',
  event: 'NETWORK.PERMISSION.UPDATE',
});

export const listNetworkPermissions = defineCommand({
  name: 'listNetworkPermissions',
  description: 'Lists the further accounts that may put instances into a network',
  async: false,
  roles,
  params: { networkid },
  response: networkPermissionEntity,
  shape: 'list',
});

export const removeNetworkPermissions = defineCommand({
  name: 'removeNetworkPermissions',
  description: 'Lets accounts put no further instances into a network; those that are there stay',
  async: false,
  roles,
  params: accountParams,
  response: successEntity,
  shape: 'success',
  event: 'NETWORK.PERMISSION.UPDATE',
});

export const resetNetworkPermissions = defineCommand({
  name: 'resetNetworkPermissions',
  description: 'Lets nobody but the owner put further instances into a network',
  async: false,
  roles,
  params: { networkid },
  response: successEntity,
  shape: 'success',
  event: 'NETWORK.PERMISSION.UPDATE',
});
