import { defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';

export const enableStaticNat = defineCommand({
  name: 'enableStaticNat',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    ipaddressid: { type: 'uuid', description: '', required: true },
    networkid: { type: 'uuid', description: '' },
    virtualmachineid: { type: 'uuid', description: '', required: true },
    vmguestip: { type: 'string', description: '' },
  },
  response: successEntity,
  shape: 'success',
});

export const disableStaticNat = defineCommand({
  name: 'disableStaticNat',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    ipaddressid: { type: 'uuid', description: '', required: true },
  },
  response: successEntity,
  shape: 'success',
});
