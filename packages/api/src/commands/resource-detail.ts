import { defineCommand } from '../define.ts';
import { resourceDetailEntity } from '../entities/resource-detail.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { displayParams, everyRole, pageParams, scopeParams } from './common.ts';

const kinds =
  'UserVm, Template, Volume, Network, Nic, PublicIpAddress, FirewallRule, PortForwardingRule, User, Zone, ServiceOffering, NetworkOffering';

export const addResourceDetail = defineCommand({
  name: 'addResourceDetail',
  description: 'Adds details to an object, or changes them',
  async: true,
  roles: ['Root Admin'],
  params: {
    details: param.map('Details: details[0].key and details[0].value', {
      required: true,
      length: 4096,
    }),
    fordisplay: param.flag('Whether others than root administrators see them; default true'),
    resourceid: param.text('Id of the object', required),
    resourcetype: param.text(`Kind of the object: ${kinds}`, required),
  },
  response: successEntity,
  shape: 'success',
  event: 'CREATE_RESOURCE_DETAILS',
});

export const listResourceDetails = defineCommand({
  name: 'listResourceDetails',
  description: 'Lists details of objects',
  async: false,
  roles: everyRole,
  params: {
    ...pageParams,
    ...scopeParams,
    ...displayParams,
    key: param.text('Show only details with this key'),
    resourceid: param.text('Show only details of this object'),
    resourcetype: param.text(`Kind of the objects: ${kinds}`, required),
    value: param.text('Show only details with this value', { length: 4096 }),
  },
  response: resourceDetailEntity,
  shape: 'list',
});

export const removeResourceDetail = defineCommand({
  name: 'removeResourceDetail',
  description: 'Removes details of an object',
  async: true,
  roles: ['Root Admin'],
  params: {
    key: param.text('Key of the one to remove; all when not given'),
    resourceid: param.text('Id of the object', required),
    resourcetype: param.text(`Kind of the object: ${kinds}`, required),
  },
  response: successEntity,
  shape: 'success',
  event: 'DELETE_RESOURCE_DETAILS',
});
