import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields, heldFields, taggedFields } from './shared.ts';
import { userFields } from './user.ts';

export const projectEntity = defineEntity({
  name: 'project',
  fields: {
    ...heldFields,
    ...createdFields,
    displaytext: field.text('Text shown for it'),
    domain: field.text('Name of its domain'),
    domainid: field.text('Id of its domain'),
    id: field.text('Id of the project'),
    name: field.text('Name of the project'),
    owner: field.list('Who administers it: account, and user and userid where it is one user'),
    projectaccountname: field.text('Name of the account that owns what the project owns'),
    state: field.text('Active, Suspended or Disabled'),
    ...taggedFields,
    vmrunning: field.whole('Instances that run'),
    vmstopped: field.whole('Instances that are stopped'),
  },
});

export const projectAccountEntity = defineEntity({
  name: 'projectaccount',
  fields: {
    account: field.text('Account that is in the project'),
    accountid: field.text('Id of that account'),
    accounttype: field.text('Type of that account: 0, 1, 2 or 3'),
    domain: field.text('Name of the domain of that account'),
    domainid: field.text('Id of the domain of that account'),
    project: field.text('Name of the project'),
    projectid: field.text('Id of the project'),
    role: field.text('Admin or Regular'),
    user: field.objects('Users of that account, where all of it is in the project', userFields),
    userid: field.text('Id of the user, where only one is in the project'),
    username: field.text('Name of that user'),
  },
});
