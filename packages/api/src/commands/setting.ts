import { defineCommand } from '../define.ts';
import { configurationEntity } from '../entities/configuration.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

/** Settings are global; a scope is refused, so that nobody changes more than meant. */
const scopes = [
  'accountid',
  'clusterid',
  'domainid',
  'imagestoreuuid',
  'managementserverid',
  'storageid',
  'zoneid',
] as const;

export const listConfigurations = defineCommand({
  name: 'listConfigurations',
  description: 'Lists settings and their values',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    category: param.text('Show only settings of this category'),
    group: param.text('Show only settings of this group'),
    name: param.text('Show only the setting of this name'),
    subgroup: param.text('Show only settings of this subgroup'),
  },
  refused: scopes,
  response: configurationEntity,
  shape: 'list',
});

export const updateConfiguration = defineCommand({
  name: 'updateConfiguration',
  description: 'Changes a setting',
  async: false,
  roles: ['Root Admin'],
  params: {
    name: param.text('Name of the setting', required),
    value: param.text('New value', { length: 4096 }),
  },
  refused: scopes,
  response: configurationEntity,
  shape: 'one',
  event: 'CONFIGURATION.VALUE.EDIT',
});
