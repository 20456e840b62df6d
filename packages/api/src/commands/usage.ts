import { defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';
import { usageRecordEntity, usageTypeEntity } from '../entities/usage.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const generateUsageRecords = defineCommand({
  name: 'generateUsageRecords',
  description: 'Makes the usage records of the time since the last ones at once',
  async: false,
  roles: ['Root Admin'],
  params: {
    domainid: param.id('Domain; records are made of the others, too'),
    enddate: param.date('Up to this time, at most up to now'),
    startdate: param.date('From this time on; records never leave out a time before it'),
  },
  response: successEntity,
  shape: 'success',
});

export const listUsageRecords = defineCommand({
  name: 'listUsageRecords',
  description: 'Lists what accounts used within a time',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {
    ...pageParams,
    account: param.text('Show only records of this account; needs domainid'),
    accountid: param.id('Show only records of this account'),
    domainid: param.id('Show only records of this domain'),
    enddate: param.date('Show records that end at this time or before', required),
    includetags: param.flag('Whether to show the tags of what was used'),
    isrecursive: param.flag('With domainid: include the domains below'),
    projectid: param.id('Show only records of this project'),
    startdate: param.date('Show records that begin at this time or later', required),
    type: param.long('Show only records of this type, by its number'),
    usageid: param.text('Show only records of this object'),
  },
  refused: ['oldformat'],
  response: usageRecordEntity,
  shape: 'list',
});

export const listUsageTypes = defineCommand({
  name: 'listUsageTypes',
  description: 'Lists what usage is recorded of',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin'],
  params: {},
  response: usageTypeEntity,
  shape: 'list',
});
