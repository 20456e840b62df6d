import { defineCommand } from '../define.ts';
import { serviceOfferingEntity } from '../entities/service-offering.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const listServiceOfferings = defineCommand({
  name: 'listServiceOfferings',
  description: 'Lists sizes of instances',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    cpunumber: param.whole('Show only offerings with at least this many cores', { min: 1 }),
    cpuspeed: param.whole('Show only offerings with at least this speed in MHz', { min: 1 }),
    domainid: param.id('Show only offerings of this domain'),
    id: param.id('Show only this offering'),
    isrecursive: param.flag('With domainid: include the domains below'),
    issystem: param.flag('Show only offerings for system machines (or only others)'),
    listall: param.flag('Show every offering the caller may see'),
    memory: param.whole('Show only offerings with at least this memory in MiB', { min: 1 }),
    name: param.text('Show only the offering of this name'),
    state: param.text('Show only offerings in this state: Active or Inactive'),
    systemvmtype: param.text('Show only offerings for this kind of system machine'),
    zoneid: param.id('Show only offerings of this zone'),
  },
  response: serviceOfferingEntity,
  shape: 'list',
});

export const createServiceOffering = defineCommand({
  name: 'createServiceOffering',
  description: 'Creates a size of instances',
  async: false,
  roles: ['Root Admin'],
  params: {
    cpunumber: param.whole('Number of cores', { min: 1, max: 1024 }),
    cpuspeed: param.whole('Speed of a core in MHz', { min: 1 }),
    displaytext: param.text('Text shown for the offering; its name when not given', {
      length: 4096,
    }),
    domainid: param.ids('Domains that may use it; all when not given'),
    hosttags: param.text('Tags a host must have'),
    issystem: param.flag('Whether it is for routers and not for instances'),
    limitcpuuse: param.flag('Whether an instance is held to its cores when the host is idle'),
    memory: param.whole('Memory in MiB', { min: 32 }),
    name: param.text('Name of the offering', required),
    networkrate: param.whole('Network rate in Mbit/s; 0 for no limit', { min: 0 }),
    offerha: param.flag('Whether an instance is started again after its host failed'),
    storagetype: param.text('Kind of storage', { values: ['local', 'shared'] }),
    systemvmtype: param.text('With issystem: kind of system machine', { values: ['domainrouter'] }),
    zoneid: param.ids('Zones it is for; all when not given'),
  },
  refused: ['customized', 'diskofferingid', 'gpucount', 'vgpuprofileid'],
  response: serviceOfferingEntity,
  shape: 'one',
  event: 'SERVICE.OFFERING.CREATE',
});
