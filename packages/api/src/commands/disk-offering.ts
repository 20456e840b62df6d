import { defineCommand } from '../define.ts';
import { diskOfferingEntity } from '../entities/disk-offering.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { everyRole, pageParams, scopeParams } from './common.ts';

export const createDiskOffering = defineCommand({
  name: 'createDiskOffering',
  description:
    'Creates an offering of disks, as a record: instances have no other disk than their first',
  async: false,
  roles: ['Root Admin'],
  params: {
    customized: param.flag('Whether the size is chosen for each disk'),
    disksize: param.long('Size in GiB', { min: 1, max: 65_536 }),
    displayoffering: param.flag('Whether users see it'),
    displaytext: param.text('Text shown for it; its name when not given', { length: 4096 }),
    domainid: param.ids('Domains that may use it; all when not given'),
    name: param.text('Name of the offering', required),
    provisioningtype: param.text('How disks are made', { values: ['thin'] }),
    storagetype: param.text('Kind of storage', { values: ['local', 'shared'] }),
    tags: param.text('Tags that storage must have, comma-separated'),
    zoneid: param.ids('Zones it is for; all when not given'),
  },
  refused: [
    'bytesreadrate',
    'bytesreadratemax',
    'bytesreadratemaxlength',
    'byteswriterate',
    'byteswriteratemax',
    'byteswriteratemaxlength',
    'cachemode',
    'customizediops',
    'details',
    'disksizestrictness',
    'encrypt',
    'hypervisorsnapshotreserve',
    'iopsreadrate',
    'iopsreadratemax',
    'iopsreadratemaxlength',
    'iopswriterate',
    'iopswriteratemax',
    'iopswriteratemaxlength',
    'maxiops',
    'miniops',
    'storagepolicy',
  ],
  response: diskOfferingEntity,
  shape: 'one',
  event: 'DISK.OFFERING.CREATE',
});

export const updateDiskOffering = defineCommand({
  name: 'updateDiskOffering',
  description: 'Changes how an offering of disks is shown, and who may use it where',
  async: false,
  roles: ['Root Admin'],
  params: {
    displayoffering: param.flag('Whether users see it'),
    displaytext: param.text('Text shown for it', { length: 4096 }),
    domainid: param.text('Domains that may use it, comma-separated; public for all', {
      length: 4096,
    }),
    id: param.id('Id of the offering', required),
    name: param.text('Name of the offering'),
    sortkey: param.whole('Place in lists'),
    state: param.text('Active or Inactive'),
    tags: param.text('Tags that storage must have, comma-separated'),
    zoneid: param.text('Zones it is for, comma-separated; all for all', { length: 4096 }),
  },
  refused: [
    'bytesreadrate',
    'bytesreadratemax',
    'bytesreadratemaxlength',
    'byteswriterate',
    'byteswriteratemax',
    'byteswriteratemaxlength',
    'cachemode',
    'iopsreadrate',
    'iopsreadratemax',
    'iopsreadratemaxlength',
    'iopswriterate',
    'iopswriteratemax',
    'iopswriteratemaxlength',
  ],
  response: diskOfferingEntity,
  shape: 'one',
  event: 'DISK.OFFERING.EDIT',
});

export const deleteDiskOffering = defineCommand({
  name: 'deleteDiskOffering',
  description: 'Deletes an offering of disks',
  async: false,
  roles: ['Root Admin'],
  params: { id: param.id('Id of the offering', required) },
  response: successEntity,
  shape: 'success',
  event: 'DISK.OFFERING.DELETE',
});

export const listDiskOfferings = defineCommand({
  name: 'listDiskOfferings',
  description: 'Lists offerings of disks',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    ...scopeParams,
    encrypt: param.flag('Show only offerings whose disks are (or are not) encrypted'),
    id: param.id('Show only this offering'),
    name: param.text('Show only the offering of this name'),
    state: param.text('Show only offerings in this state: Active (default), Inactive, or all'),
    storageid: param.id('Show only offerings of this storage pool'),
    storagetype: param.text('Show only offerings of this kind of storage: local or shared'),
    virtualmachineid: param.id('Show only offerings in the zone of this instance'),
    volumeid: param.id('Show only offerings that this volume could be given'),
    zoneid: param.id('Show only offerings of this zone'),
  },
  response: diskOfferingEntity,
  shape: 'list',
});
