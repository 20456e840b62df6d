import { defineCommand } from '../define.ts';
import { configurationEntity } from '../entities/configuration.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

/** The place that a value holds for; without any the whole installation. */
const placeParams = {
  accountid: param.id('Account'),
  clusterid: param.id('Cluster'),
  domainid: param.id('Domain'),
  zoneid: param.id('Zone'),
} as const;

/** Places that no setting has values of its own for. */
const noPlaces = ['managementserverid', 'storageid'] as const;

export const listConfigurations = defineCommand({
  name: 'listConfigurations',
  description:
    'Lists settings and their values: with a place those that can differ there, as they hold there',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    ...placeParams,
    category: param.text('Show only settings of this category'),
    group: param.text('Show only settings of this group'),
    imagestoreuuid: param.id('Image store'),
    name: param.text('Show only the setting of this name'),
    parent: param.text('Show only settings that depend on this one'),
    subgroup: param.text('Show only settings of this subgroup'),
  },
  refused: noPlaces,
  response: configurationEntity,
  shape: 'list',
});

export const updateConfiguration = defineCommand({
  name: 'updateConfiguration',
  description: 'Changes a setting for everybody, or for a place and what is inside it',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...placeParams,
    imagestoreuuid: param.id('Image store'),
    name: param.text('Name of the setting', required),
    value: param.text('New value', { length: 4096 }),
  },
  refused: noPlaces,
  response: configurationEntity,
  shape: 'one',
  event: 'CONFIGURATION.VALUE.EDIT',
});

export const resetConfiguration = defineCommand({
  name: 'resetConfiguration',
  description: 'Gives a setting its default back, or at a place the value that holds around it',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...placeParams,
    imagestoreid: param.id('Image store'),
    name: param.text('Name of the setting', required),
  },
  refused: noPlaces,
  response: configurationEntity,
  shape: 'one',
  event: 'CONFIGURATION.VALUE.EDIT',
});
