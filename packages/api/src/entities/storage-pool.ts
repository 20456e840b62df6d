import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields, podFields, zoneFields } from './shared.ts';

export const storagePoolEntity = defineEntity({
  name: 'storagepool',
  fields: {
    capacitybytes: field.whole('Bytes that may be given out of it'),
    capacityiops: field.whole('Operations a second that it can do'),
    clusterid: field.text('Id of its cluster'),
    clustername: field.text('Name of its cluster'),
    ...createdFields,
    details: field.map('Free details'),
    disksizetotal: field.whole('Size of the pool in bytes'),
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    hypervisor: field.text('Hypervisor of the hosts that use it'),
    id: field.text('Id of the storage pool'),
    ipaddress: field.text('Its file server'),
    istagarule: field.flag('Whether its tag is a rule; false'),
    managed: field.flag('Whether each disk is a volume of the storage; false'),
    name: field.text('Name of the storage pool'),
    overprovisionfactor: field.text('How often its bytes may be given out'),
    path: field.text('Folder'),
    ...podFields,
    provider: field.text('Kind of storage: DefaultPrimary'),
    scope: field.text('Whose hosts use it: CLUSTER or ZONE'),
    state: field.text('Up or Disabled'),
    tags: field.text('Tags, comma-separated'),
    type: field.text('NetworkFilesystem, SharedMountPoint or Filesystem'),
    ...zoneFields,
  },
});
