import { defineCommand } from '../define.ts';
import { roleEntity } from '../entities/role.ts';
import { rolePermissionEntity } from '../entities/role-permission.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

const kind = param.text('Kind: Admin, ResourceAdmin, DomainAdmin or User');
const permission = { values: ['allow', 'deny'] } as const;

export const createRole = defineCommand({
  name: 'createRole',
  description: 'Makes a role, without rules or with those of another role',
  async: false,
  roles: ['Root Admin'],
  params: {
    description: param.text('Description'),
    ispublic: param.flag('Whether administrators of domains see it; true when not given'),
    name: param.text('Name of the role; unique', required),
    roleid: param.id('Role whose kind and rules the new one gets, instead of type'),
    type: kind,
  },
  response: roleEntity,
  shape: 'one',
  event: 'ROLE.CREATE',
});

export const importRole = defineCommand({
  name: 'importRole',
  description: 'Makes a role with its rules at once',
  async: false,
  roles: ['Root Admin'],
  params: {
    description: param.text('Description'),
    forced: param.flag('Replaces a role of that name'),
    ispublic: param.flag('Whether administrators of domains see it; true when not given'),
    name: param.text('Name of the role', required),
    rules: param.map(
      'Rules in their order: rules[0].rule=list*&rules[0].permission=allow&rules[0].description=all lists',
      required,
    ),
    type: kind,
  },
  response: roleEntity,
  shape: 'one',
  event: 'ROLE.IMPORT',
});

export const updateRole = defineCommand({
  name: 'updateRole',
  description: 'Changes the name, description, visibility or kind of a role',
  async: false,
  roles: ['Root Admin'],
  params: {
    description: param.text('Description'),
    id: param.id('Id of the role', required),
    ispublic: param.flag('Whether administrators of domains see it'),
    name: param.text('Name of the role; unique'),
    type: kind,
  },
  response: roleEntity,
  shape: 'one',
  event: 'ROLE.UPDATE',
});

export const deleteRole = defineCommand({
  name: 'deleteRole',
  description: 'Deletes a role that no account has',
  async: false,
  roles: ['Root Admin'],
  params: { id: param.id('Id of the role', required) },
  response: successEntity,
  shape: 'success',
  event: 'ROLE.DELETE',
});

export const enableRole = defineCommand({
  name: 'enableRole',
  description: 'Lets the accounts of a role call again',
  async: false,
  roles: ['Root Admin'],
  params: { id: param.id('Id of the role', required) },
  response: successEntity,
  shape: 'success',
  event: 'ROLE.ENABLE',
});

export const disableRole = defineCommand({
  name: 'disableRole',
  description: 'Keeps the accounts of a role from calling anything',
  async: false,
  roles: ['Root Admin'],
  params: { id: param.id('Id of the role', required) },
  response: successEntity,
  shape: 'success',
  event: 'ROLE.DISABLE',
});

export const listRoles = defineCommand({
  name: 'listRoles',
  description: 'Lists roles',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    ...pageParams,
    id: param.id('Show only this role'),
    name: param.text('Show only the role of this name'),
    state: param.text('Show only roles in this state: enabled or disabled'),
    type: param.text('Show only roles of this kind: Admin, ResourceAdmin, DomainAdmin or User'),
  },
  response: roleEntity,
  shape: 'list',
});

export const createRolePermission = defineCommand({
  name: 'createRolePermission',
  description: 'Adds a rule behind those that a role has',
  async: false,
  roles: ['Root Admin'],
  params: {
    description: param.text('Description'),
    permission: param.text('allow or deny', { ...required, ...permission }),
    roleid: param.id('Id of the role', required),
    rule: param.text('Name of an API command; * stands for any letters', required),
  },
  response: rolePermissionEntity,
  shape: 'one',
  event: 'ROLE.PERMISSION.CREATE',
});

export const updateRolePermission = defineCommand({
  name: 'updateRolePermission',
  description: 'Changes what a rule decides, or the order of all rules of a role',
  async: false,
  roles: ['Root Admin'],
  params: {
    permission: param.text('allow or deny, with ruleid', permission),
    roleid: param.id('Id of the role', required),
    ruleid: param.id('Id of the rule whose permission changes'),
    ruleorder: param.list('Ids of all rules of the role, in their new order'),
  },
  response: successEntity,
  shape: 'success',
  event: 'ROLE.PERMISSION.UPDATE',
});

export const deleteRolePermission = defineCommand({
  name: 'deleteRolePermission',
  description: 'Removes a rule',
  async: false,
  roles: ['Root Admin'],
  params: { id: param.id('Id of the rule', required) },
  response: successEntity,
  shape: 'success',
  event: 'ROLE.PERMISSION.DELETE',
});

export const listRolePermissions = defineCommand({
  name: 'listRolePermissions',
  description: 'Lists the rules of roles, in the order in which they are tried',
  async: false,
  roles: ['Root Admin'],
  params: { roleid: param.id('Show only rules of this role') },
  response: rolePermissionEntity,
  shape: 'list',
});
