import { defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';
import { virtualMachineEntity } from '../entities/virtual-machine.ts';
import { param, required } from '../param.ts';
import { everyRole, ownerParams } from './common.ts';

export const updateVirtualMachine = defineCommand({
  name: 'updateVirtualMachine',
  description:
    'Changes what is written down of an instance; a new name is that of the host after its next start',
  async: false,
  roles: everyRole,
  params: {
    cleanupdetails: param.flag('Whether to forget all details'),
    deleteprotection: param.flag('Whether it is protected from being destroyed'),
    details: param.map('Free details, which replace those before'),
    displayname: param.text('Text shown for it'),
    displayvm: param.flag('Whether its owner sees it'),
    group: param.text('Name of the group to show it in'),
    haenable: param.flag('Whether it is started again after a failure; before its first start'),
    id: param.id('Id of the instance', required),
    isdynamicallyscalable: param.flag('Whether it is said to be resizable while it runs'),
    name: param.text('Name of the host; unique in its networks', { length: 63 }),
    ostypeid: param.id('Operating system that it is said to have'),
    userdata: param.text('Data in base64, at most 32 KiB', { length: 65_536 }),
    userdatadetails: param.map('Values of the variables of registered user data'),
    userdataid: param.id('Registered user data'),
  },
  refused: [
    'cleanupextraconfig',
    'dhcpoptionsnetworklist',
    'extraconfig',
    'instancename',
    'leaseduration',
    'leaseexpiryaction',
    'securitygroupids',
    'securitygroupnames',
  ],
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.UPDATE',
});

const sizeParams = {
  automigrate: param.flag('Whether disks may move; they do not have to'),
  id: param.id('Id of the instance', required),
  serviceofferingid: param.id('The new size', required),
  shrinkok: param.flag('Whether disks may become smaller; they stay as they are'),
} as const;
const refusedSizes = ['details', 'maxiops', 'miniops'] as const;

export const scaleVirtualMachine = defineCommand({
  name: 'scaleVirtualMachine',
  description: 'Gives a stopped instance another size',
  async: true,
  roles: everyRole,
  params: sizeParams,
  refused: refusedSizes,
  response: successEntity,
  shape: 'success',
  event: 'VM.UPGRADE',
});

export const changeServiceForVirtualMachine = defineCommand({
  name: 'changeServiceForVirtualMachine',
  description: 'Gives a stopped instance another size',
  async: false,
  roles: everyRole,
  params: sizeParams,
  refused: refusedSizes,
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.UPGRADE',
});

export const assignVirtualMachine = defineCommand({
  name: 'assignVirtualMachine',
  description: 'Moves a stopped instance to another account and into networks of that one',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    ...ownerParams,
    networkids: param.ids('Networks of the new owner; the only one when not given'),
    virtualmachineid: param.id('Id of the instance', required),
  },
  refused: ['securitygroupids'],
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.MOVE',
});

export const expungeVirtualMachine = defineCommand({
  name: 'expungeVirtualMachine',
  description: 'Removes an instance that is destroyed, at once',
  async: true,
  roles: everyRole,
  params: { id: param.id('Id of the instance', required) },
  response: successEntity,
  shape: 'success',
  event: 'VM.EXPUNGE',
});

export const recoverVirtualMachine = defineCommand({
  name: 'recoverVirtualMachine',
  description: 'Takes back the destruction of an instance that is not expunged yet; it is stopped',
  async: false,
  roles: everyRole,
  params: { id: param.id('Id of the instance', required) },
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.RECOVER',
});

export const restoreVirtualMachine = defineCommand({
  name: 'restoreVirtualMachine',
  description:
    'Gives an instance a new disk of its template, or of another one; what was on it is lost',
  async: true,
  roles: everyRole,
  params: {
    expunge: param.flag('Whether the old disk goes at once; it always does'),
    templateid: param.id('Template of the new disk; that of the old one when not given'),
    virtualmachineid: param.id('Id of the instance', required),
  },
  refused: ['details', 'diskofferingid', 'rootdisksize'],
  response: virtualMachineEntity,
  shape: 'one',
  event: 'VM.RESTORE',
});
