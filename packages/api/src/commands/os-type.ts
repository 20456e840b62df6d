import { defineCommand } from '../define.ts';
import { osCategoryEntity, osTypeEntity } from '../entities/os-type.ts';
import { param } from '../param.ts';
import { pageParams } from './common.ts';

export const listOsTypes = defineCommand({
  name: 'listOsTypes',
  description: 'Lists operating systems that a template can be said to hold',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    description: param.text('Show only the operating system of this name'),
    id: param.id('Show only this operating system'),
    ids: param.ids('Show only these operating systems'),
    oscategoryid: param.id('Show only operating systems of this category'),
  },
  refused: ['fordisplay'],
  response: osTypeEntity,
  shape: 'list',
});

export const listOsCategories = defineCommand({
  name: 'listOsCategories',
  description: 'Lists categories of operating systems',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    id: param.id('Show only this category'),
    name: param.text('Show only the category of this name'),
  },
  refused: ['isfeatured', 'isiso', 'zoneid'],
  response: osCategoryEntity,
  shape: 'list',
});
