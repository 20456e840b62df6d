import { defineCommand } from '../define.ts';
import { createdKeyPairEntity } from '../entities/created-key-pair.ts';
import { sshKeyPairEntity } from '../entities/ssh-key-pair.ts';
import { successEntity } from '../entities/success.ts';

export const createSSHKeyPair = defineCommand({
  name: 'createSSHKeyPair',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    name: { type: 'string', description: '', required: true },
    projectid: { type: 'uuid', description: '' },
  },
  response: createdKeyPairEntity,
  shape: 'one',
});

export const registerSSHKeyPair = defineCommand({
  name: 'registerSSHKeyPair',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    name: { type: 'string', description: '', required: true },
    projectid: { type: 'uuid', description: '' },
    publickey: { type: 'string', description: '', required: true },
  },
  response: sshKeyPairEntity,
  shape: 'one',
});

export const listSSHKeyPairs = defineCommand({
  name: 'listSSHKeyPairs',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    fingerprint: { type: 'string', description: '' },
    id: { type: 'uuid', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    listall: { type: 'boolean', description: '' },
    name: { type: 'string', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    projectid: { type: 'uuid', description: '' },
  },
  response: sshKeyPairEntity,
  shape: 'list',
});

export const deleteSSHKeyPair = defineCommand({
  name: 'deleteSSHKeyPair',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    name: { type: 'string', description: '', required: true },
    projectid: { type: 'uuid', description: '' },
  },
  response: successEntity,
  shape: 'success',
});
