import { defineCommand } from '../define.ts';
import { podEntity } from '../entities/pod.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

const allocationState = param.text('Enabled or Disabled: whether anything new is put there', {
  values: ['Enabled', 'Disabled'],
});

export const listPods = defineCommand({
  name: 'listPods',
  description: 'Lists pods',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    allocationstate: param.text('Show only pods in this state: Enabled or Disabled'),
    id: param.id('Show only this pod'),
    name: param.text('Show only the pod of this name'),
    showcapacities: param.flag('Whether to answer what is used of each'),
    zoneid: param.id('Show only pods of this zone'),
  },
  response: podEntity,
  shape: 'list',
});

export const createPod = defineCommand({
  name: 'createPod',
  description: 'Makes a pod in a zone, with a range of management addresses',
  async: false,
  roles: ['Root Admin'],
  params: {
    allocationstate: allocationState,
    endip: param.text('Last address of the range; startip when not given'),
    gateway: param.text('Gateway of the hosts of the pod; may be left out in an edge zone'),
    name: param.text('Name of the pod; unique in its zone', required),
    netmask: param.text('Netmask of the hosts of the pod; with gateway'),
    startip: param.text('First address of the range; with gateway'),
    zoneid: param.id('Zone of the pod', required),
  },
  refused: ['storageaccessgroups'],
  response: podEntity,
  shape: 'one',
  event: 'POD.CREATE',
});

export const updatePod = defineCommand({
  name: 'updatePod',
  description: 'Changes a pod, and whether anything new is put on its hosts',
  async: false,
  roles: ['Root Admin'],
  params: {
    allocationstate: allocationState,
    endip: param.text('New last address, of a pod with one range'),
    gateway: param.text('New gateway'),
    id: param.id('Id of the pod', required),
    name: param.text('New name'),
    netmask: param.text('New netmask'),
    startip: param.text('New first address, of a pod with one range'),
  },
  response: podEntity,
  shape: 'one',
  event: 'POD.EDIT',
});

export const deletePod = defineCommand({
  name: 'deletePod',
  description: 'Deletes a pod without clusters',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the pod', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'POD.DELETE',
});

export const createManagementNetworkIpRange = defineCommand({
  name: 'createManagementNetworkIpRange',
  description: 'Adds a range of management addresses to a pod',
  async: true,
  roles: ['Root Admin'],
  params: {
    endip: param.text('Last address; startip when not given'),
    forsystemvms: param.flag('Whether the range is only for system machines'),
    gateway: param.text('Gateway of the range', required),
    netmask: param.text('Netmask of the range', required),
    podid: param.id('Id of the pod', required),
    startip: param.text('First address', required),
    vlan: param.text('VLAN of the range; untagged when not given'),
  },
  response: podEntity,
  shape: 'one',
  event: 'MANAGEMENT.IP.RANGE.CREATE',
});

export const updatePodManagementNetworkIpRange = defineCommand({
  name: 'updatePodManagementNetworkIpRange',
  description: 'Changes the first and last address of a range of a pod',
  async: true,
  roles: ['Root Admin'],
  params: {
    currentendip: param.text('Last address that it has', required),
    currentstartip: param.text('First address that it has', required),
    newendip: param.text('New last address'),
    newstartip: param.text('New first address'),
    podid: param.id('Id of the pod', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'MANAGEMENT.IP.RANGE.UPDATE',
});

export const deleteManagementNetworkIpRange = defineCommand({
  name: 'deleteManagementNetworkIpRange',
  description: 'Removes a range of management addresses from a pod',
  async: true,
  roles: ['Root Admin'],
  params: {
    endip: param.text('Last address', required),
    podid: param.id('Id of the pod', required),
    startip: param.text('First address', required),
    vlan: param.text('VLAN of the range, or untagged', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'MANAGEMENT.IP.RANGE.DELETE',
});
