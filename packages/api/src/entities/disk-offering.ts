import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields } from './shared.ts';

export const diskOfferingEntity = defineEntity({
  name: 'diskoffering',
  fields: {
    ...createdFields,
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    disksize: field.whole('Size in GiB; 0 where it is chosen for each disk'),
    disksizestrictness: field.flag('Whether disks keep their size'),
    displayoffering: field.flag('Whether users see it'),
    displaytext: field.text('Text shown for it'),
    domain: field.text('Names of the domains that may use it, comma-separated'),
    domainid: field.text('Ids of the domains that may use it, comma-separated'),
    encrypt: field.flag('Whether disks are encrypted'),
    id: field.text('Id of the offering'),
    iscustomized: field.flag('Whether the size is chosen for each disk'),
    iscustomizediops: field.flag('Whether the speed is chosen for each disk'),
    name: field.text('Name of the offering'),
    provisioningtype: field.text('How disks are made: thin'),
    state: field.text('Active or Inactive'),
    storagetype: field.text('Kind of storage: local or shared'),
    tags: field.text('Tags that storage must have, comma-separated'),
    zone: field.text('Names of the zones it is for, comma-separated'),
    zoneid: field.text('Ids of the zones it is for, comma-separated'),
  },
});
