import { defineCommand } from '../define.ts';
import { quarantinedIpEntity } from '../entities/quarantined-ip.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

const named = {
  id: param.id('Id of the quarantine'),
  ipaddress: param.text('The address, instead of the id'),
} as const;

export const listQuarantinedIps = defineCommand({
  name: 'listQuarantinedIps',
  description: 'Lists released addresses that only the account before may have for a while',
  async: false,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    ...pageParams,
    showinactive: param.flag('Whether to show those that came to their end, too'),
    showremoved: param.flag('Whether to show those that were removed before their end, too'),
  },
  response: quarantinedIpEntity,
  shape: 'list',
});

export const updateQuarantinedIp = defineCommand({
  name: 'updateQuarantinedIp',
  description: 'Changes when others may have a released address',
  async: false,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    ...named,
    enddate: param.date('When others may have it; in the future', required),
  },
  response: quarantinedIpEntity,
  shape: 'one',
  event: 'NET.IP_QUARANTINE_END_DATE_UPDATE',
});

export const removeQuarantinedIp = defineCommand({
  name: 'removeQuarantinedIp',
  description: 'Lets others have a released address at once',
  async: false,
  roles: ['Root Admin', 'Domain Admin'],
  params: {
    ...named,
    removalreason: param.text('Why', required),
  },
  response: quarantinedIpEntity,
  shape: 'one',
  event: 'NET.IP_QUARANTINE_REMOVE',
});
