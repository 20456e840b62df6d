import { defineCommand } from '../define.ts';
import { storagePoolEntity } from '../entities/storage-pool.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

const bytes = { min: 1 } as const;

export const createStoragePool = defineCommand({
  name: 'createStoragePool',
  description:
    'Records the storage on which the hosts of a cluster or zone keep the disks of instances',
  async: false,
  roles: ['Root Admin'],
  params: {
    capacitybytes: param.long('Bytes that may be given out of it', bytes),
    capacityiops: param.long('Operations a second that it can do', bytes),
    clusterid: param.id('Cluster of a pool of scope CLUSTER; with podid'),
    details: param.map('Free details'),
    hypervisor: param.text('Hypervisor of the hosts; for scope ZONE'),
    managed: param.flag('false: disks are files'),
    name: param.text('Name of the storage pool; unique in its zone', required),
    podid: param.id('Pod of a pool of scope CLUSTER'),
    provider: param.text('DefaultPrimary', { values: ['DefaultPrimary'] }),
    scope: param.text('CLUSTER (as when not given) or ZONE', { values: ['CLUSTER', 'ZONE'] }),
    tags: param.text('Tags, comma-separated'),
    url: param.text(
      'nfs://SERVER/FOLDER, SharedMountPoint://localhost/FOLDER or filesystem://HOST/FOLDER',
      { required: true, length: 2048 },
    ),
    zoneid: param.id('Zone of the storage pool', required),
  },
  refused: ['istagarule', 'storageaccessgroups'],
  response: storagePoolEntity,
  shape: 'one',
  event: 'STORAGE.POOL.CREATE',
});

export const listStoragePools = defineCommand({
  name: 'listStoragePools',
  description: 'Lists storage pools',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    clusterid: param.id('Show only storage pools of this cluster'),
    hostid: param.id('Show only storage pools that this host uses'),
    id: param.id('Show only this storage pool'),
    ipaddress: param.text('Show only storage pools of this file server'),
    name: param.text('Show only the storage pool of this name'),
    path: param.text('Show only storage pools with this folder'),
    podid: param.id('Show only storage pools of this pod'),
    scope: param.text('Show only storage pools of this scope: CLUSTER or ZONE'),
    status: param.text('Show only storage pools in this state: Up or Disabled'),
    storagecustomstats: param.flag(
      'Whether to answer figures of the storage itself; there are none',
    ),
    zoneid: param.id('Show only storage pools of this zone'),
  },
  response: storagePoolEntity,
  shape: 'list',
});

export const updateStoragePool = defineCommand({
  name: 'updateStoragePool',
  description: 'Changes the record of a storage pool',
  async: false,
  roles: ['Root Admin'],
  params: {
    capacitybytes: param.long('Bytes that may be given out of it', bytes),
    capacityiops: param.long('Operations a second that it can do', bytes),
    details: param.map('Free details, in place of those it has'),
    enabled: param.flag('false: Disabled'),
    id: param.id('Id of the storage pool', required),
    name: param.text('New name'),
    tags: param.list('Tags in place of those it has'),
  },
  refused: ['istagarule', 'url'],
  response: storagePoolEntity,
  shape: 'one',
  event: 'STORAGE.POOL.UPDATE',
});

export const deleteStoragePool = defineCommand({
  name: 'deleteStoragePool',
  description: 'Removes the record of a storage pool; what is on the storage stays',
  async: false,
  roles: ['Root Admin'],
  params: {
    forced: param.flag('Makes no difference: no disk is bound to a record'),
    id: param.id('Id of the storage pool', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'STORAGE.POOL.DELETE',
});
