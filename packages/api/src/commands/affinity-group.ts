import { defineCommand } from '../define.ts';
import { affinityGroupEntity, affinityGroupTypeEntity } from '../entities/affinity-group.ts';
import { successEntity } from '../entities/success.ts';
import { virtualMachineEntity } from '../entities/virtual-machine.ts';
import { param, required } from '../param.ts';
import { everyRole, ownerParams, pageParams, scopeParams } from './common.ts';

export const createAffinityGroup = defineCommand({
  name: 'createAffinityGroup',
  description: 'Creates a group of instances that are kept on one host, or on different ones',
  async: true,
  roles: everyRole,
  params: {
    ...ownerParams,
    description: param.text('Text shown for the group'),
    name: param.text('Name; unique in the account', required),
    type: param.text('One of listAffinityGroupTypes', required),
  },
  response: affinityGroupEntity,
  shape: 'one',
  event: 'AG.CREATE',
});

export const deleteAffinityGroup = defineCommand({
  name: 'deleteAffinityGroup',
  description: 'Deletes an affinity group; its instances stay where they are',
  async: true,
  roles: everyRole,
  params: {
    ...ownerParams,
    id: param.id('Id of the group; or its name'),
    name: param.text('Name of the group; or its id'),
  },
  response: successEntity,
  shape: 'success',
  event: 'AG.DELETE',
});

export const listAffinityGroups = defineCommand({
  name: 'listAffinityGroups',
  description: 'Lists affinity groups',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    ...scopeParams,
    id: param.id('Show only this group'),
    name: param.text('Show only the group of this name'),
    type: param.text('Show only groups of this type'),
    virtualmachineid: param.id('Show only groups of this instance'),
  },
  response: affinityGroupEntity,
  shape: 'list',
});

export const listAffinityGroupTypes = defineCommand({
  name: 'listAffinityGroupTypes',
  description: 'Lists the types of affinity groups',
  async: false,
  roles: everyRole,
  params: pageParams,
  response: affinityGroupTypeEntity,
  shape: 'list',
});

export const updateVMAffinityGroup = defineCommand({
  name: 'updateVMAffinityGroup',
  description: 'Changes which affinity groups a stopped instance is in',
  async: true,
  roles: everyRole,
  params: {
    affinitygroupids: param.ids('Ids of all groups it is to be in; none when empty'),
    affinitygroupnames: param.list('Names of all groups it is to be in; or their ids'),
    id: param.id('Id of the instance', required),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.AG.UPDATE',
});
