import { defineCommand } from '../define.ts';
import { networkProtocolEntity } from '../entities/network-protocol.ts';
import { regionEntity } from '../entities/region.ts';
import { systemVmEntity } from '../entities/system-vm.ts';
import { param, required } from '../param.ts';
import { everyRole, pageParams } from './common.ts';

export const listRegions = defineCommand({
  name: 'listRegions',
  description: 'Lists regions: an installation is one',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    id: param.whole('Show only the region of this number'),
    name: param.text('Show only the region of this name'),
  },
  response: regionEntity,
  shape: 'list',
});

export const listNetworkProtocols = defineCommand({
  name: 'listNetworkProtocols',
  description: 'Lists numbers of IP protocols, or types of ICMP, with their names',
  async: false,
  roles: everyRole,
  params: {
    option: param.text('protocolnumber or icmptype', required),
  },
  response: networkProtocolEntity,
  shape: 'list',
});

export const listSystemVms = defineCommand({
  name: 'listSystemVms',
  description:
    'Lists system machines: none, because the server itself keeps templates and shows no consoles',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    hostid: param.id('Show only system machines on this host'),
    id: param.id('Show only this system machine'),
    name: param.text('Show only the system machine of this name'),
    podid: param.id('Show only system machines in this pod'),
    state: param.text('Show only system machines in this state'),
    storageid: param.id('Show only system machines on this storage pool'),
    systemvmtype: param.text('Show only system machines of this kind', {
      values: ['consoleproxy', 'secondarystoragevm'],
    }),
    zoneid: param.id('Show only system machines in this zone'),
  },
  response: systemVmEntity,
  shape: 'list',
});
