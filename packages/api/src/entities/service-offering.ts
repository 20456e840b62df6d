import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields } from './shared.ts';

export const serviceOfferingEntity = defineEntity({
  name: 'serviceoffering',
  fields: {
    cpunumber: field.whole('Number of cores'),
    cpuspeed: field.whole('Speed of a core in MHz'),
    ...createdFields,
    defaultuse: field.flag('Whether it is used when none is named'),
    deploymentplanner: field.text('Way in which a host is chosen'),
    diskofferingstrictness: field.flag('Whether the disk offering stays as it is'),
    displaytext: field.text('Text shown for it'),
    domain: field.text('Names of the domains that may use it, comma-separated'),
    domainid: field.text('Ids of the domains that may use it, comma-separated'),
    dynamicscalingenabled: field.flag('Whether running instances can be resized'),
    encryptroot: field.flag('Whether root disks are encrypted'),
    hosttags: field.text('Tags a host must have, comma-separated'),
    id: field.text('Id of the offering'),
    iscustomized: field.flag('Whether the size is chosen at deployment'),
    iscustomizediops: field.flag('Whether disk speed is chosen at deployment'),
    issystem: field.flag('Whether it is for routers and not for instances'),
    isvolatile: field.flag('Whether the disk is made anew at every restart'),
    limitcpuuse: field.flag('Whether an instance is held to its cores when the host is idle'),
    memory: field.whole('Memory in MiB'),
    name: field.text('Name of the offering'),
    networkrate: field.whole('Network rate in Mbit/s'),
    offerha: field.flag('Whether an instance is started again after its host failed'),
    provisioningtype: field.text('How disks are made: thin'),
    serviceofferingdetails: field.map('Free details'),
    state: field.text('Active or Inactive'),
    storagetags: field.text('Tags that storage must have, comma-separated'),
    storagetype: field.text('Kind of storage: local'),
    systemvmtype: field.text('Kind of system machine it is for'),
    zone: field.text('Names of the zones it is for, comma-separated'),
    zoneid: field.text('Ids of the zones it is for, comma-separated'),
  },
});
