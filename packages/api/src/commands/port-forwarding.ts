import { defineCommand } from '../define.ts';
import { portForwardingRuleEntity } from '../entities/port-forwarding-rule.ts';
import { successEntity } from '../entities/success.ts';

export const createPortForwardingRule = defineCommand({
  name: 'createPortForwardingRule',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    cidrlist: { type: 'list', description: '' },
    fordisplay: { type: 'boolean', description: '' },
    ipaddressid: { type: 'uuid', description: '', required: true },
    networkid: { type: 'uuid', description: '' },
    openfirewall: { type: 'boolean', description: '' },
    privateendport: { type: 'integer', description: '' },
    privateport: { type: 'integer', description: '', required: true },
    protocol: { type: 'string', description: '', required: true },
    publicendport: { type: 'integer', description: '' },
    publicport: { type: 'integer', description: '', required: true },
    virtualmachineid: { type: 'uuid', description: '', required: true },
    vmguestip: { type: 'string', description: '' },
  },
  response: portForwardingRuleEntity,
  shape: 'one',
});

export const listPortForwardingRules = defineCommand({
  name: 'listPortForwardingRules',
  description: '',
  async: false,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    account: { type: 'string', description: '' },
    domainid: { type: 'uuid', description: '' },
    fordisplay: { type: 'boolean', description: '' },
    id: { type: 'uuid', description: '' },
    ipaddressid: { type: 'uuid', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    listall: { type: 'boolean', description: '' },
    networkid: { type: 'uuid', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    projectid: { type: 'uuid', description: '' },
    tags: { type: 'map', description: '' },
  },
  response: portForwardingRuleEntity,
  shape: 'list',
});

export const updatePortForwardingRule = defineCommand({
  name: 'updatePortForwardingRule',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    cidrlist: { type: 'list', description: '' },
    customid: { type: 'string', description: '' },
    fordisplay: { type: 'boolean', description: '' },
    id: { type: 'uuid', description: '', required: true },
    privateendport: { type: 'integer', description: '' },
    privateport: { type: 'integer', description: '' },
    virtualmachineid: { type: 'uuid', description: '' },
    vmguestip: { type: 'string', description: '' },
  },
  response: portForwardingRuleEntity,
  shape: 'one',
});

export const deletePortForwardingRule = defineCommand({
  name: 'deletePortForwardingRule',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    id: { type: 'uuid', description: '', required: true },
  },
  response: successEntity,
  shape: 'success',
});
