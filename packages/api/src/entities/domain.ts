import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields, resourceFields } from './shared.ts';

export const domainEntity = defineEntity({
  name: 'domain',
  fields: {
    domaindetails: field.map('Settings that it has values of its own for'),
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    ...createdFields,
    haschild: field.flag('Whether there are domains below it'),
    id: field.text('Id of the domain'),
    level: field.whole('Depth; ROOT is 0'),
    name: field.text('Name of the domain'),
    networkdomain: field.text('Suffix for the names of hosts in its networks'),
    parentdomainid: field.text('Id of the domain above'),
    parentdomainname: field.text('Name of the domain above'),
    path: field.text('Names from ROOT down to it'),
    ...resourceFields,
    state: field.text('State, for example Active'),
  },
});
