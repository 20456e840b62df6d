import { defineCommand } from '../define.ts';
import { nicEntity } from '../entities/nic.ts';

export const listNics = defineCommand({
  name: 'listNics',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    fordisplay: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    networkid: { type: 'uuid', description: '' },
    nicid: { type: 'uuid', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    virtualmachineid: { type: 'uuid', description: '', required: true },
  },
  response: nicEntity,
  shape: 'list',
});
