import { defineCommand } from '../define.ts';
import { capacityEntity } from '../entities/capacity.ts';
import { param } from '../param.ts';
import { pageParams } from './common.ts';

export const listCapacity = defineCommand({
  name: 'listCapacity',
  description:
    'Lists how much there is of what zones, pods and clusters give out, and how much is used',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    clusterid: param.id('Show what the hosts of this cluster have'),
    fetchlatest: param.flag('Accepted: the answer is always the latest'),
    podid: param.id('Show what the hosts of this pod have'),
    sortby: param.text('Usage: the fullest first', { values: ['usage'] }),
    type: param.whole('Show only the kind of this number'),
    zoneid: param.id('Show only this zone'),
  },
  refused: ['tag'],
  response: capacityEntity,
  shape: 'list',
});
