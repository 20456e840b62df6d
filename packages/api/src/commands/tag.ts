import { defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';
import { tagEntity } from '../entities/tag.ts';

export const createTags = defineCommand({
  name: 'createTags',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    customer: { type: 'string', description: '' },
    resourceids: { type: 'list', description: '', required: true },
    resourcetype: { type: 'string', description: '', required: true },
    tags: { type: 'map', description: '', required: true },
  },
  response: successEntity,
  shape: 'success',
});

export const listTags = defineCommand({
  name: 'listTags',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    customer: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    key: { type: 'string', description: '' },
    keyword: { type: 'string', description: '' },
    listall: { type: 'boolean', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    projectid: { type: 'uuid', description: '' },
    resourceid: { type: 'string', description: '' },
    resourcetype: { type: 'string', description: '' },
    value: { type: 'string', description: '' },
  },
  response: tagEntity,
  shape: 'list',
});

export const deleteTags = defineCommand({
  name: 'deleteTags',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    resourceids: { type: 'list', description: '', required: true },
    resourcetype: { type: 'string', description: '', required: true },
    tags: { type: 'map', description: '' },
  },
  response: successEntity,
  shape: 'success',
});
