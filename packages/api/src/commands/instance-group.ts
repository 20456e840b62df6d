import { defineCommand } from '../define.ts';
import { instanceGroupEntity } from '../entities/instance-group.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { everyRole, ownerParams, pageParams, scopeParams } from './common.ts';

export const createInstanceGroup = defineCommand({
  name: 'createInstanceGroup',
  description: 'Creates a group to show instances in',
  async: false,
  roles: everyRole,
  params: {
    ...ownerParams,
    name: param.text('Name; unique in the account', required),
  },
  response: instanceGroupEntity,
  shape: 'one',
  event: 'VM.GROUP.CREATE',
});

export const updateInstanceGroup = defineCommand({
  name: 'updateInstanceGroup',
  description: 'Renames a group of instances',
  async: false,
  roles: everyRole,
  params: {
    id: param.id('Id of the group', required),
    name: param.text('New name; unique in the account'),
  },
  response: instanceGroupEntity,
  shape: 'one',
  event: 'VM.GROUP.UPDATE',
});

export const deleteInstanceGroup = defineCommand({
  name: 'deleteInstanceGroup',
  description: 'Deletes a group of instances, not the instances',
  async: false,
  roles: everyRole,
  params: { id: param.id('Id of the group', required) },
  response: successEntity,
  shape: 'success',
  event: 'VM.GROUP.DELETE',
});

export const listInstanceGroups = defineCommand({
  name: 'listInstanceGroups',
  description: 'Lists groups of instances',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    ...scopeParams,
    id: param.id('Show only this group'),
    name: param.text('Show only the group of this name'),
  },
  response: instanceGroupEntity,
  shape: 'list',
});
