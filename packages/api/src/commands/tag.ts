import { defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';
import { tagEntity } from '../entities/tag.ts';
import { param, required } from '../param.ts';
import { pageParams, scopeParams } from './common.ts';

const resourceParams = {
  resourceids: param.ids('Objects', required),
  resourcetype: param.text(
    'Kind of the objects: Network, UserVm, PublicIpAddress, FirewallRule, PortForwardingRule, Project, Template or User',
    required,
  ),
} as const;

export const createTags = defineCommand({
  name: 'createTags',
  description: 'Adds tags to objects',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...resourceParams,
    customer: param.text('Free text about who the tags are for'),
    tags: param.map('Tags: tags[0].key and tags[0].value', { required: true, length: 255 }),
  },
  response: successEntity,
  shape: 'success',
  event: 'CREATE_TAGS',
});

export const listTags = defineCommand({
  name: 'listTags',
  description: 'Lists tags',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    customer: param.text('Show only tags with this customer'),
    key: param.text('Show only tags with this key'),
    resourceid: param.id('Show only tags of this object'),
    resourcetype: param.text('Show only tags of this kind of object'),
    value: param.text('Show only tags with this value'),
  },
  response: tagEntity,
  shape: 'list',
});

export const deleteTags = defineCommand({
  name: 'deleteTags',
  description: 'Removes tags from objects',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...resourceParams,
    tags: param.map(
      'Tags to remove, by tags[0].key, with tags[0].value only that one; all when not given',
    ),
  },
  response: successEntity,
  shape: 'success',
  event: 'DELETE_TAGS',
});
