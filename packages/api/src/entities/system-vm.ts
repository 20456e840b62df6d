import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields, podFields, zoneFields } from './shared.ts';

export const systemVmEntity = defineEntity({
  name: 'systemvm',
  fields: {
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    ...createdFields,
    dns1: field.text('First DNS server it asks'),
    dns2: field.text('Second DNS server it asks'),
    gateway: field.text('Gateway on the public side'),
    hostcontrolstate: field.text(
      'Whether it can be managed: Enabled, or Unmanageable when it cannot be reached',
    ),
    hostid: field.text('Id of its host'),
    hostname: field.text('Name of its host'),
    hypervisor: field.text('Hypervisor'),
    id: field.text('Id of the router'),
    linklocalip: field.text('Address on the control network'),
    linklocalmacaddress: field.text('MAC address on the control network'),
    linklocalnetmask: field.text('Netmask of the control network'),
    name: field.text('Name of the router'),
    networkdomain: field.text('Suffix for the names of the instances'),
    ...podFields,
    publicip: field.text('Source NAT address'),
    publicmacaddress: field.text('MAC address on the public side'),
    publicnetmask: field.text('Netmask on the public side'),
    serviceofferingid: field.text('Id of its size'),
    serviceofferingname: field.text('Name of its size'),
    state: field.text('Starting, Running, Stopping, Stopped, Destroying or Error'),
    systemvmtype: field.text('Kind of system VM: domainrouter'),
    templateid: field.text('Id of its template'),
    templatename: field.text('Name of its template'),
    version: field.text('Version of its template'),
    ...zoneFields,
  },
});

export const upgradeJobEntity = defineEntity({
  name: 'asyncjobs',
  fields: { jobid: field.text('Job that replaces one of the routers') },
});
