import { defineCommand } from '../define.ts';
import { storageRangeEntity } from '../entities/storage-range.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

const vlan = { min: 1, max: 4094 } as const;

export const createStorageNetworkIpRange = defineCommand({
  name: 'createStorageNetworkIpRange',
  description: 'Adds a range of addresses for storage traffic to a pod',
  async: true,
  roles: ['Root Admin'],
  params: {
    endip: param.text('Last address; startip when not given'),
    gateway: param.text('Gateway of the range', required),
    netmask: param.text('Netmask of the range', required),
    podid: param.id('Id of the pod', required),
    startip: param.text('First address', required),
    vlan: param.whole('VLAN of the range; untagged when not given', vlan),
  },
  response: storageRangeEntity,
  shape: 'one',
  event: 'STORAGE.IP.RANGE.CREATE',
});

export const listStorageNetworkIpRange = defineCommand({
  name: 'listStorageNetworkIpRange',
  description: 'Lists ranges of addresses for storage traffic',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    id: param.id('Show only this range'),
    podid: param.id('Show only ranges of this pod'),
    zoneid: param.id('Show only ranges of this zone'),
  },
  response: storageRangeEntity,
  shape: 'list',
});

export const updateStorageNetworkIpRange = defineCommand({
  name: 'updateStorageNetworkIpRange',
  description: 'Changes a range of addresses for storage traffic',
  async: true,
  roles: ['Root Admin'],
  params: {
    endip: param.text('New last address'),
    id: param.id('Id of the range', required),
    netmask: param.text('New netmask'),
    startip: param.text('New first address'),
    vlan: param.whole('New VLAN', vlan),
  },
  response: storageRangeEntity,
  shape: 'one',
  event: 'STORAGE.IP.RANGE.UPDATE',
});

export const deleteStorageNetworkIpRange = defineCommand({
  name: 'deleteStorageNetworkIpRange',
  description: 'Deletes a range of addresses for storage traffic',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the range', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'STORAGE.IP.RANGE.DELETE',
});
