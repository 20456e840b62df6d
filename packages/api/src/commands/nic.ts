import { defineCommand } from '../define.ts';
import { nicEntity } from '../entities/nic.ts';
import { param, required } from '../param.ts';
import { displayParams, pageParams } from './common.ts';

export const listNics = defineCommand({
  name: 'listNics',
  description: 'Lists the network interfaces of an instance',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...displayParams,
    networkid: param.id('Show only interfaces in this network'),
    nicid: param.id('Show only this interface'),
    virtualmachineid: param.id('Id of the instance', required),
  },
  response: nicEntity,
  shape: 'list',
});
