import { defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';
import {
  instancePasswordEntity,
  instanceUserDataEntity,
  userDataEntity,
} from '../entities/user-data.ts';
import { virtualMachineEntity } from '../entities/virtual-machine.ts';
import { param, required } from '../param.ts';
import { everyRole, ownerParams, pageParams, scopeParams } from './common.ts';

/** Characters of 32 KiB in base64, with room for line breaks. */
const mostText = 65_536;

export const registerUserData = defineCommand({
  name: 'registerUserData',
  description: 'Keeps data for instances under a name',
  async: false,
  roles: everyRole,
  params: {
    ...ownerParams,
    name: param.text('Name; unique in the account', required),
    params: param.text('Names of the variables in it, comma-separated'),
    userdata: param.text('The data in base64, plain or compressed with gzip; at most 32 KiB', {
      required: true,
      length: mostText,
    }),
  },
  response: userDataEntity,
  shape: 'one',
  event: 'REGISTER.USER.DATA',
});

export const listUserData = defineCommand({
  name: 'listUserData',
  description: 'Lists registered user data',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    ...scopeParams,
    id: param.id('Show only this user data'),
    name: param.text('Show only the user data of this name'),
  },
  response: userDataEntity,
  shape: 'list',
});

export const deleteUserData = defineCommand({
  name: 'deleteUserData',
  description: 'Deletes registered user data that no instance has',
  async: false,
  roles: everyRole,
  params: { ...ownerParams, id: param.id('Id of the user data', required) },
  response: successEntity,
  shape: 'success',
  event: 'DELETE.USER.DATA',
});

export const resetUserDataForVirtualMachine = defineCommand({
  name: 'resetUserDataForVirtualMachine',
  description: 'Gives a stopped instance other user data',
  async: false,
  roles: everyRole,
  params: {
    ...ownerParams,
    id: param.id('Id of the instance', required),
    userdata: param.text('Data in base64, at most 32 KiB; or userdataid', { length: mostText }),
    userdatadetails: param.map('Values of the variables of registered user data'),
    userdataid: param.id('Registered user data'),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.RESETUSERDATA',
});

export const getVirtualMachineUserData = defineCommand({
  name: 'getVirtualMachineUserData',
  description: 'Gives the user data of an instance',
  async: false,
  roles: everyRole,
  params: { virtualmachineid: param.id('Id of the instance', required) },
  response: instanceUserDataEntity,
  shape: 'one',
});

export const getVMPassword = defineCommand({
  name: 'getVMPassword',
  description: 'Gives the password of an instance, encrypted for the owner of its SSH key',
  async: false,
  roles: everyRole,
  params: { id: param.id('Id of the instance', required) },
  response: instancePasswordEntity,
  shape: 'one',
});

export const resetPasswordForVirtualMachine = defineCommand({
  name: 'resetPasswordForVirtualMachine',
  description: 'Gives a stopped instance, whose template takes passwords, a new one',
  async: true,
  roles: everyRole,
  params: {
    id: param.id('Id of the instance', required),
    password: param.text('The password; a random one when not given'),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.RESETPASSWORD',
});

export const resetSSHKeyForVirtualMachine = defineCommand({
  name: 'resetSSHKeyForVirtualMachine',
  description: 'Gives a stopped instance other SSH keys',
  async: true,
  roles: everyRole,
  params: {
    ...ownerParams,
    id: param.id('Id of the instance', required),
    keypair: param.text('Name of an SSH key pair'),
    keypairs: param.list('Names of several SSH key pairs'),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.RESETSSHKEY',
});
