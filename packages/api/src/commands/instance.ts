import { defineCommand } from '../define.ts';
import { virtualMachineEntity } from '../entities/virtual-machine.ts';
import { param, required } from '../param.ts';
import { ownerParams, pageParams, refusedScope, scopeParams, tagParams } from './common.ts';

export const deployVirtualMachine = defineCommand({
  name: 'deployVirtualMachine',
  description: 'Creates an instance and starts it',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...ownerParams,
    affinitygroupids: param.ids('Affinity groups that it is to be in'),
    affinitygroupnames: param.list('Names of these groups; or their ids'),
    clusterid: param.id('Cluster to run it in; for the root administrator'),
    details: param.map('Free details: details[0].name=value'),
    displayname: param.text('Text shown for the instance; its name when not given'),
    displayvm: param.flag('Whether the owner sees the instance'),
    group: param.text('Name of a group to show it in'),
    hostid: param.id('Host to run it on; for the root administrator'),
    hypervisor: param.text('Hypervisor, where the template does not say'),
    ipaddress: param.text('Address in the first network; any free one when not given'),
    iptonetworklist: param.map('Addresses: iptonetworklist[0].networkid, .ip and .mac'),
    keypair: param.text('Name of the SSH key pair to log in with'),
    keypairs: param.list('Names of several SSH key pairs'),
    macaddress: param.text('MAC address in the first network; a made-up one when not given'),
    name: param.text('Name of the host; unique in its networks', { length: 63 }),
    networkids: param.ids('Networks to attach it to, the default one first'),
    podid: param.id('Pod to run it in; for the root administrator'),
    serviceofferingid: param.id('Size of the instance', required),
    startvm: param.flag('Whether it is started at once; default true'),
    templateid: param.id('Template to make it from'),
    password: param.text('Password, where the template takes one; a random one when not given'),
    userdata: param.text('Data for the instance, in base64', { length: 1_048_576 }),
    userdatadetails: param.map('Values of the variables of registered user data'),
    userdataid: param.id('Registered user data for the instance'),
    zoneid: param.id('Zone of the instance', required),
  },
  refused: [
    'datadiskofferinglist',
    'diskofferingid',
    'ip6address',
    'securitygroupids',
    'securitygroupnames',
    'snapshotid',
    'volumeid',
  ],
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.CREATE',
});

export const startVirtualMachine = defineCommand({
  name: 'startVirtualMachine',
  description: 'Starts an instance',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    clusterid: param.id('Cluster to run it in; for the root administrator'),
    hostid: param.id('Host to run it on; for the root administrator'),
    id: param.id('Id of the instance', required),
    podid: param.id('Pod to run it in; for the root administrator'),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.START',
});

export const stopVirtualMachine = defineCommand({
  name: 'stopVirtualMachine',
  description: 'Stops an instance',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    forced: param.flag('Stop it at once, without asking the guest'),
    id: param.id('Id of the instance', required),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.STOP',
});

export const rebootVirtualMachine = defineCommand({
  name: 'rebootVirtualMachine',
  description: 'Restarts an instance',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    forced: param.flag('Stop it at once, without asking the guest'),
    id: param.id('Id of the instance', required),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.REBOOT',
});

export const destroyVirtualMachine = defineCommand({
  name: 'destroyVirtualMachine',
  description: 'Destroys an instance',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    expunge: param.flag('Remove it at once, not after the delay of the settings'),
    forced: param.flag('Stop it at once, without asking the guest'),
    id: param.id('Id of the instance', required),
  },
  refused: ['volumeids'],
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.DESTROY',
});

export const migrateVirtualMachine = defineCommand({
  name: 'migrateVirtualMachine',
  description: 'Moves a running instance to another host, with its connections',
  async: true,
  roles: ['Root Admin'],
  params: {
    autoselect: param.flag('Whether a host is chosen when none is given; default true'),
    hostid: param.id('Host to move it to'),
    virtualmachineid: param.id('Id of the instance', required),
  },
  refused: ['storageid'],
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.MIGRATE',
});

export const listVirtualMachines = defineCommand({
  name: 'listVirtualMachines',
  description: 'Lists instances',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    ...tagParams,
    affinitygroupid: param.id('Show only instances in this affinity group'),
    clusterid: param.id('Show only instances in this cluster'),
    details: param.list('Parts to answer, for example all, min, nics, tmpl'),
    displayvm: param.flag('Show only instances that are (or are not) shown to their owner'),
    groupid: param.id('Show only instances in this group'),
    haenable: param.flag('Show only instances that are (or are not) started again after a failure'),
    hostid: param.id('Show only instances on this host'),
    hypervisor: param.text('Show only instances on this hypervisor'),
    id: param.id('Show only this instance'),
    ids: param.ids('Show only these instances'),
    keypair: param.text('Show only instances with this SSH key pair'),
    name: param.text('Show only the instance of this name'),
    networkid: param.id('Show only instances in this network'),
    podid: param.id('Show only instances in this pod'),
    serviceofferingid: param.id('Show only instances of this size'),
    state: param.text('Show only instances in this state; Present for all not yet expunged'),
    templateid: param.id('Show only instances made from this template'),
    userdata: param.flag('Whether to answer the user data too'),
    userdataid: param.id('Show only instances with this registered user data'),
    userid: param.id('Show only instances deployed by this user'),
    zoneid: param.id('Show only instances of this zone'),
  },
  refused: refusedScope,
  response: virtualMachineEntity,
  shape: 'list',
});
