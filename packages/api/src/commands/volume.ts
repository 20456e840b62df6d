import { defineCommand } from '../define.ts';
import { volumeEntity } from '../entities/volume.ts';
import { param } from '../param.ts';
import { everyRole, pageParams, scopeParams, tagParams } from './common.ts';

export const listVolumes = defineCommand({
  name: 'listVolumes',
  description: 'Lists the disks of instances',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    ...scopeParams,
    ...tagParams,
    clusterid: param.id('Show only volumes in this cluster'),
    diskofferingid: param.id('Show only volumes of this disk offering'),
    displayvolume: param.flag('Show only volumes that are (or are not) shown to their owner'),
    hostid: param.id('Show only volumes of instances on this host'),
    id: param.id('Show only this volume'),
    ids: param.ids('Show only these volumes'),
    isencrypted: param.flag('Show only volumes that are (or are not) encrypted'),
    listsystemvms: param.flag('Whether to list volumes of routers too; they have none'),
    name: param.text('Show only the volume of this name'),
    podid: param.id('Show only volumes in this pod'),
    serviceofferingid: param.id('Show only volumes of instances of this size'),
    state: param.text('Show only volumes in this state'),
    storageid: param.text('Show only volumes on this storage pool'),
    type: param.text('Show only volumes of this kind: ROOT or DATADISK'),
    virtualmachineid: param.id('Show only volumes of this instance'),
    zoneid: param.id('Show only volumes of this zone'),
  },
  refused: ['kmskeyid'],
  response: volumeEntity,
  shape: 'list',
});
