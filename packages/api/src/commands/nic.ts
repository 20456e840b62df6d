import { defineCommand } from '../define.ts';
import { nicEntity, nicSecondaryIpEntity } from '../entities/nic.ts';
import { successEntity } from '../entities/success.ts';
import { virtualMachineEntity } from '../entities/virtual-machine.ts';
import { param, required } from '../param.ts';
import { displayParams, everyRole, pageParams } from './common.ts';

export const listNics = defineCommand({
  name: 'listNics',
  description: 'Lists the network interfaces of an instance',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...displayParams,
    networkid: param.id('Show only interfaces in this network'),
    nicid: param.id('Show only this interface'),
    virtualmachineid: param.id('Id of the instance', required),
  },
  response: nicEntity,
  shape: 'list',
});

export const addNicToVirtualMachine = defineCommand({
  name: 'addNicToVirtualMachine',
  description: 'Attaches an instance to another network, plugged in at once when it runs',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ipaddress: param.text('Address in the network; any free one when not given'),
    macaddress: param.text('MAC address; a made-up one when not given'),
    networkid: param.id('Network to attach it to', required),
    virtualmachineid: param.id('Id of the instance', required),
  },
  refused: ['dhcpoptions'],
  response: virtualMachineEntity,
  shape: 'one',
  event: 'NIC.CREATE',
});

export const removeNicFromVirtualMachine = defineCommand({
  name: 'removeNicFromVirtualMachine',
  description:
    'Detaches an instance from a network; not from its default one, and not while rules lead to it there',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    nicid: param.id('Id of the interface', required),
    virtualmachineid: param.id('Id of the instance', required),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'NIC.DELETE',
});

export const addIpToNic = defineCommand({
  name: 'addIpToNic',
  description:
    'Gives an interface a further address, to set inside the instance; rules lead to it by vmguestip',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    description: param.text('What it is for; not kept'),
    ipaddress: param.text('Address in the network; any free one when not given'),
    nicid: param.id('Id of the interface', required),
  },
  response: nicSecondaryIpEntity,
  shape: 'one',
  event: 'NIC.SECONDARY.IP.ASSIGN',
});

export const removeIpFromNic = defineCommand({
  name: 'removeIpFromNic',
  description: 'Takes a further address from an interface; not while rules lead to it',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the further address', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'NIC.SECONDARY.IP.UNASSIGN',
});

export const updateVmNicIp = defineCommand({
  name: 'updateVmNicIp',
  description:
    'Changes the first address of an interface, which the instance gets with its next lease; rules follow',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ipaddress: param.text('Address in the network; any other free one when not given'),
    nicid: param.id('Id of the interface', required),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'NIC.UPDATE',
});

export const updateDefaultNicForVirtualMachine = defineCommand({
  name: 'updateDefaultNicForVirtualMachine',
  description:
    'Changes which interface the default route and the DNS servers of an instance come from, at its next lease',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    nicid: param.id('Id of the interface', required),
    virtualmachineid: param.id('Id of the instance', required),
  },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'NIC.UPDATE',
});

export const updateVmNic = defineCommand({
  name: 'updateVmNic',
  description: 'Plugs a network interface of an instance in or out; it keeps its address',
  async: true,
  roles: everyRole,
  params: {
    enabled: param.flag('Whether it is plugged in'),
    nicid: param.id('Id of the interface', required),
  },
  response: nicEntity,
  shape: 'one',
  event: 'NIC.UPDATE',
});
