import { defineCommand } from '../define.ts';
import { hostEntity } from '../entities/host.ts';
import { hostForMigrationEntity } from '../entities/host-for-migration.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const listHosts = defineCommand({
  name: 'listHosts',
  description: 'Lists hosts with their state and capacity',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    clusterid: param.id('Show only hosts of this cluster'),
    details: param.list('Parts to answer, for example all, min, capacity, stats'),
    hahost: param.flag('Show only hosts kept for instances of failed hosts (or only others)'),
    hypervisor: param.text('Show only hosts of this hypervisor'),
    id: param.id('Show only this host'),
    managementserverid: param.id('Show only hosts connected to this management server'),
    name: param.text('Show only the host of this name'),
    podid: param.id('Show only hosts of this pod'),
    resourcestate: param.text('Show only hosts in this administrative state, for example Enabled'),
    state: param.text('Show only hosts in this state, for example Up'),
    type: param.text('Show only hosts of this type, for example Routing'),
    version: param.text('Show only hosts whose agent has this version'),
    virtualmachineid: param.id('Show only hosts of the zone that this instance could be moved to'),
    zoneid: param.id('Show only hosts of this zone'),
  },
  refused: ['outofbandmanagementenabled', 'outofbandmanagementpowerstate', 'storageaccessgroup'],
  response: hostEntity,
  shape: 'list',
});

export const addHost = defineCommand({
  name: 'addHost',
  description:
    'Installs an agent on a machine over ssh and makes it a host; answers when the host is up',
  async: false,
  roles: ['Root Admin'],
  params: {
    allocationstate: param.text('Enabled, or Disabled for nothing to be put there yet', {
      values: ['Enabled', 'Disabled'],
    }),
    clusterid: param.id(
      'Cluster of the host; without it or clustername the first of the pod that has its hypervisor',
    ),
    clustername: param.text('Name of the cluster of the host; made when there is none'),
    hosttags: param.list('Tags that offerings can ask for'),
    hypervisor: param.text('KVM, LXC, or Simulator where the server simulates', required),
    password: param.text('Password of the user; without it the key of the installation is used'),
    podid: param.id('Pod of the host', required),
    url: param.text(
      'http://NAME-OR-ADDRESS, with :PORT where ssh is not on 22; http://sim/c0/h0 for a simulated host',
      required,
    ),
    username: param.text('User for ssh, root or one who may use sudo; default root'),
    zoneid: param.id('Zone of the host', required),
  },
  refused: ['externaldetails', 'storageaccessgroups'],
  response: hostEntity,
  shape: 'list',
  event: 'HOST.CREATE',
});

export const reconnectHost = defineCommand({
  name: 'reconnectHost',
  description: 'Has the agent of a host connect anew; nothing that runs there stops',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the host', required),
  },
  response: hostEntity,
  shape: 'one',
  event: 'HOST.RECONNECT',
});

export const updateHost = defineCommand({
  name: 'updateHost',
  description: 'Changes the name and tags of a host, and whether anything new is put there',
  async: false,
  roles: ['Root Admin'],
  params: {
    annotation: param.text('A note about the host, for administrators only', { length: 4096 }),
    allocationstate: param.text('Enable or Disable: whether anything new is put there', {
      values: ['Enable', 'Disable'],
    }),
    hosttags: param.list('Tags in place of those it has; empty for none'),
    id: param.id('Id of the host', required),
    name: param.text('New name'),
  },
  refused: [
    'cleanupexternaldetails',
    'externaldetails',
    'guestosrule',
    'istagarule',
    'oscategoryid',
    'url',
  ],
  response: hostEntity,
  shape: 'one',
  event: 'HOST.UPDATE',
});

export const deleteHost = defineCommand({
  name: 'deleteHost',
  description:
    'Removes a host that is in maintenance, or lost; its agent is no longer let in. What runs there is left running',
  async: false,
  roles: ['Root Admin'],
  params: {
    forced: param.flag(
      'Also one that was not in maintenance, when nothing runs there, or one that is lost with what ran there, which the caller answers for being dead',
    ),
    forcedestroylocalstorage: param.flag(
      'Destroy stopped instances whose disks are only on this host',
    ),
    id: param.id('Id of the host', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'HOST.DELETE',
});

export const prepareHostForMaintenance = defineCommand({
  name: 'prepareHostForMaintenance',
  description: 'Moves everything that runs on a host elsewhere',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the host', required),
  },
  response: hostEntity,
  shape: 'one',
  event: 'MAINT.PREPARE',
});

export const cancelHostMaintenance = defineCommand({
  name: 'cancelHostMaintenance',
  description: 'Ends the maintenance of a host, or its preparation',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the host', required),
  },
  response: hostEntity,
  shape: 'one',
  event: 'MAINT.CANCEL',
});

export const findHostsForMigration = defineCommand({
  name: 'findHostsForMigration',
  description:
    'Lists the other hosts of the zone of an instance, and whether it could be moved to each',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    virtualmachineid: param.id('Id of the instance', required),
  },
  response: hostForMigrationEntity,
  shape: 'list',
});
