import { defineCommand } from '../define.ts';
import { createdKeyPairEntity } from '../entities/created-key-pair.ts';
import { registeredKeyPairEntity, sshKeyPairEntity } from '../entities/ssh-key-pair.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { ownerParams, pageParams, scopeParams } from './common.ts';

export const createSSHKeyPair = defineCommand({
  name: 'createSSHKeyPair',
  description: 'Makes an SSH key pair; the private key is in this answer and nowhere else',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...ownerParams,
    name: param.text('Name; unique in the account', required),
  },
  response: createdKeyPairEntity,
  shape: 'one',
  event: 'REGISTER.SSH.KEYPAIR',
});

export const registerSSHKeyPair = defineCommand({
  name: 'registerSSHKeyPair',
  description: 'Stores a public key under a name',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...ownerParams,
    name: param.text('Name; unique in the account', required),
    publickey: param.text('Public key as in authorized_keys', { required: true, length: 5120 }),
  },
  response: registeredKeyPairEntity,
  shape: 'one',
  event: 'REGISTER.SSH.KEYPAIR',
});

export const listSSHKeyPairs = defineCommand({
  name: 'listSSHKeyPairs',
  description: 'Lists SSH key pairs',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    fingerprint: param.text('Show only the key pair of this fingerprint'),
    id: param.id('Show only this key pair'),
    name: param.text('Show only the key pair of this name'),
  },
  response: sshKeyPairEntity,
  shape: 'list',
});

export const deleteSSHKeyPair = defineCommand({
  name: 'deleteSSHKeyPair',
  description: 'Deletes an SSH key pair; instances keep the key they were made with',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...ownerParams,
    name: param.text('Name of the key pair', required),
  },
  response: successEntity,
  shape: 'success',
});
