import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields, resourceFields } from './shared.ts';
import { userFields } from './user.ts';

export const accountEntity = defineEntity({
  name: 'account',
  fields: {
    accountdetails: field.map('Free details'),
    accounttype: field.whole('0 user, 1 root administrator, 2 domain administrator'),
    ...createdFields,
    domain: field.text('Name of its domain'),
    domainid: field.text('Id of its domain'),
    domainpath: field.text('Path of its domain'),
    groups: field.list('Groups it is in'),
    id: field.text('Id of the account'),
    iscleanuprequired: field.flag('Whether something is left of a deleted account'),
    isdefault: field.flag('Whether it came with the installation'),
    name: field.text('Name of the account'),
    networkdomain: field.text('Suffix for the names of hosts in its networks'),
    receivedbytes: field.whole('Bytes its networks received'),
    ...resourceFields,
    roleid: field.text('Id of its role'),
    rolename: field.text('Name of its role'),
    roletype: field.text('Kind of its role: Admin, DomainAdmin or User'),
    sentbytes: field.whole('Bytes its networks sent'),
    state: field.text('State, for example enabled'),
    user: field.objects('Its users', userFields),
    vmrunning: field.whole('Instances that run'),
    vmstopped: field.whole('Instances that are stopped'),
  },
});
