import { defineCommand } from '../define.ts';
import { clusterEntity } from '../entities/cluster.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

const allocationState = param.text(
  'Enabled or Disabled: whether anything new is put on its hosts',
  {
    values: ['Enabled', 'Disabled'],
  },
);
const clusterType = { values: ['CloudManaged'] } as const;

export const listClusters = defineCommand({
  name: 'listClusters',
  description: 'Lists clusters',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    allocationstate: param.text('Show only clusters in this state: Enabled or Disabled'),
    clustertype: param.text('Show only clusters of this type, for example CloudManaged'),
    hypervisor: param.text('Show only clusters of this hypervisor'),
    id: param.id('Show only this cluster'),
    managedstate: param.text('Show only clusters in this state, for example Managed'),
    name: param.text('Show only the cluster of this name'),
    podid: param.id('Show only clusters of this pod'),
    showcapacities: param.flag('Whether to answer what is used of each'),
    zoneid: param.id('Show only clusters of this zone'),
  },
  response: clusterEntity,
  shape: 'list',
});

export const addCluster = defineCommand({
  name: 'addCluster',
  description: 'Makes a cluster: hosts of one hypervisor',
  async: false,
  roles: ['Root Admin'],
  params: {
    allocationstate: allocationState,
    clustername: param.text('Name of the cluster; unique in its pod', required),
    clustertype: param.text('CloudManaged', { ...required, ...clusterType }),
    hypervisor: param.text('KVM or LXC', required),
    podid: param.id('Pod of the cluster', required),
    zoneid: param.id('Zone of the cluster', required),
  },
  refused: ['extensionid', 'externaldetails', 'password', 'storageaccessgroups', 'url', 'username'],
  response: clusterEntity,
  shape: 'list',
  event: 'CLUSTER.CREATE',
});

export const updateCluster = defineCommand({
  name: 'updateCluster',
  description: 'Changes the name of a cluster, and whether anything new is put on its hosts',
  async: false,
  roles: ['Root Admin'],
  params: {
    allocationstate: allocationState,
    clustername: param.text('New name'),
    clustertype: param.text('CloudManaged', clusterType),
    id: param.id('Id of the cluster', required),
    managedstate: param.text('Managed', { values: ['Managed'] }),
  },
  refused: ['externaldetails', 'hypervisor'],
  response: clusterEntity,
  shape: 'one',
  event: 'CLUSTER.EDIT',
});

export const deleteCluster = defineCommand({
  name: 'deleteCluster',
  description: 'Deletes a cluster without hosts',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the cluster', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'CLUSTER.DELETE',
});
