import { defineCommand } from '../define.ts';
import { projectAccountEntity, projectEntity } from '../entities/project.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { accountScopeParams, everyRole, pageParams, tagParams } from './common.ts';

const projectId = { projectid: param.id('Id of the project', required) } as const;

export const createProject = defineCommand({
  name: 'createProject',
  description: 'Creates a project: an account that owns things for those who are in it',
  async: true,
  roles: everyRole,
  params: {
    account: param.text('Account that shall administer it; needs domainid'),
    accountid: param.id('Id of the account that shall administer it, instead of account'),
    displaytext: param.text('Text shown for it; the name when not given'),
    domainid: param.id('Domain of that account, and of the project'),
    name: param.text('Name of the project; unique in the domain', { required: true, length: 100 }),
    userid: param.id('User of that account who shall administer it alone; needs accountid'),
  },
  response: projectEntity,
  shape: 'one',
  event: 'PROJECT.CREATE',
});

export const listProjects = defineCommand({
  name: 'listProjects',
  description: 'Lists projects',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    ...accountScopeParams,
    account: param.text('Show only projects that this account is in'),
    details: param.list('Parts to answer: all, min, resource', {
      values: ['all', 'min', 'resource'],
    }),
    displaytext: param.text('Show only projects with this text'),
    id: param.id('Show only this project'),
    name: param.text('Show only the project of this name'),
    state: param.text('Show only projects in this state'),
    ...tagParams,
    username: param.text('Show only projects that the user of this name is in'),
  },
  response: projectEntity,
  shape: 'list',
});

export const updateProject = defineCommand({
  name: 'updateProject',
  description: 'Changes name, text or administrators of a project',
  async: true,
  roles: everyRole,
  params: {
    account: param.text('Account in the project that shall administer it, or whose role changes'),
    displaytext: param.text('New text shown for it'),
    id: param.id('Id of the project', required),
    name: param.text('New name', { length: 100 }),
    roletype: param.text('With swapowner=false: the new role of the account or user', {
      values: ['Admin', 'Regular'],
    }),
    swapowner: param.flag('Whether the account replaces the present administrator; default true'),
    userid: param.id('With swapowner=false: the user whose role changes, instead of account'),
  },
  response: projectEntity,
  shape: 'one',
  event: 'PROJECT.UPDATE',
});

export const activateProject = defineCommand({
  name: 'activateProject',
  description: 'Lets things be made in a suspended project again',
  async: true,
  roles: everyRole,
  params: { id: param.id('Id of the project', required) },
  response: projectEntity,
  shape: 'one',
  event: 'PROJECT.ACTIVATE',
});

export const suspendProject = defineCommand({
  name: 'suspendProject',
  description: 'Stops the instances of a project and lets nothing new be made in it',
  async: true,
  roles: everyRole,
  params: { id: param.id('Id of the project', required) },
  response: projectEntity,
  shape: 'one',
  event: 'PROJECT.SUSPEND',
});

export const deleteProject = defineCommand({
  name: 'deleteProject',
  description: 'Deletes a project',
  async: true,
  roles: everyRole,
  params: {
    cleanup: param.flag('Whether everything that it owns is deleted, too; default false'),
    id: param.id('Id of the project', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'PROJECT.DELETE',
});

const roleParams = {
  roletype: param.text('Role in the project: Admin or Regular; default Regular', {
    values: ['Admin', 'Regular'],
  }),
} as const;

export const addAccountToProject = defineCommand({
  name: 'addAccountToProject',
  description: 'Adds an account of the domain to a project',
  async: true,
  roles: everyRole,
  params: { ...projectId, ...roleParams, account: param.text('Name of the account') },
  refused: ['email', 'projectroleid'],
  response: successEntity,
  shape: 'success',
  event: 'PROJECT.ACCOUNT.ADD',
});

export const addUserToProject = defineCommand({
  name: 'addUserToProject',
  description: 'Adds one user of the domain to a project',
  async: true,
  roles: everyRole,
  params: { ...projectId, ...roleParams, username: param.text('Name of the user', required) },
  refused: ['email', 'projectroleid'],
  response: successEntity,
  shape: 'success',
  event: 'PROJECT.USER.ADD',
});

export const deleteAccountFromProject = defineCommand({
  name: 'deleteAccountFromProject',
  description: 'Takes an account out of a project',
  async: true,
  roles: everyRole,
  params: { ...projectId, account: param.text('Name of the account', required) },
  response: successEntity,
  shape: 'success',
  event: 'PROJECT.ACCOUNT.REMOVE',
});

export const deleteUserFromProject = defineCommand({
  name: 'deleteUserFromProject',
  description: 'Takes a user out of a project',
  async: true,
  roles: everyRole,
  params: { ...projectId, userid: param.id('Id of the user', required) },
  response: successEntity,
  shape: 'success',
  event: 'PROJECT.USER.REMOVE',
});

export const listProjectAccounts = defineCommand({
  name: 'listProjectAccounts',
  description: 'Lists the accounts and users that are in a project',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    ...projectId,
    account: param.text('Show only this account'),
    role: param.text('Show only members of this role: Admin or Regular'),
    userid: param.id('Show only this user'),
  },
  refused: ['projectroleid'],
  response: projectAccountEntity,
  shape: 'list',
});
