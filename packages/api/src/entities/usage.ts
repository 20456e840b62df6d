import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { ownerFields, projectFields, taggedFields } from './shared.ts';

export const usageTypeEntity = defineEntity({
  name: 'usagetype',
  fields: {
    description: field.text('What is recorded'),
    id: field.whole('Number of the type'),
    name: field.text('Name of the type'),
  },
});

export const usageRecordEntity = defineEntity({
  name: 'usagerecord',
  fields: {
    ...ownerFields,
    accountid: field.text('Id of the account'),
    cpunumber: field.whole('Cores of the instance'),
    cpuspeed: field.whole('MHz of each core'),
    description: field.text('What was used'),
    enddate: field.date('End of the time that the record is about'),
    isdefault: field.flag('Whether the network was the default one of the instance'),
    issourcenat: field.flag('Whether the address was one of source NAT'),
    issystem: field.flag('Whether the system itself took it'),
    memory: field.whole('Memory of the instance in MiB'),
    name: field.text('Name of what was used'),
    networkid: field.text('Id of the network'),
    offeringid: field.text('Id of the offering'),
    oscategoryid: field.text('Id of the category of that operating system'),
    oscategoryname: field.text('Name of that category'),
    osdisplayname: field.text('Operating system of the template, or of that of the instance'),
    ostypeid: field.text('Id of that operating system'),
    ...projectFields,
    rawusage: field.text('How much: hours, or bytes'),
    size: field.whole('Bytes of the disk, or of the template’s file'),
    startdate: field.date('Begin of the time that the record is about'),
    ...taggedFields,
    templateid: field.text('Id of the template'),
    type: field.text('Hypervisor of the instance'),
    usage: field.text('How much, with its unit'),
    usageid: field.text('Id of what was used'),
    usagetype: field.whole('Number of the type'),
    virtualmachineid: field.text('Id of the instance'),
    virtualsize: field.whole('Bytes of the disk that a template makes'),
    zoneid: field.text('Id of the zone'),
  },
});
