import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const managementServerEntity = defineEntity({
  name: 'managementserver',
  fields: {
    agents: field.list('Ids of the hosts whose agents are connected'),
    agentscount: field.whole('How many those are'),
    id: field.text('Id of the server'),
    ipaddress: field.text('Address that it listens on'),
    kernelversion: field.text('Kernel of its machine'),
    lastboottime: field.date('When its machine booted'),
    lastserverstart: field.date('When it started'),
    lastserverstop: field.date('When it was last stopped'),
    name: field.text('Name of its machine'),
    osdistribution: field.text('Operating system of its machine'),
    peers: field.list('Other servers that it knows'),
    pendingjobscount: field.whole('Jobs that it has not ended'),
    serviceip: field.text('Address that clients reach it at'),
    state: field.text('Up or Down'),
    version: field.text('Its version of the API'),
  },
});
