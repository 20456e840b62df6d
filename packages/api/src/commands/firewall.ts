import { defineCommand } from '../define.ts';
import { firewallRuleEntity } from '../entities/firewall-rule.ts';
import { successEntity } from '../entities/success.ts';

export const createFirewallRule = defineCommand({
  name: 'createFirewallRule',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    cidrlist: { type: 'list', description: '' },
    endport: { type: 'integer', description: '' },
    fordisplay: { type: 'boolean', description: '' },
    icmpcode: { type: 'integer', description: '' },
    icmptype: { type: 'integer', description: '' },
    ipaddressid: { type: 'uuid', description: '', required: true },
    protocol: { type: 'string', description: '', required: true },
    startport: { type: 'integer', description: '' },
    type: { type: 'string', description: '' },
  },
  response: firewallRuleEntity,
  shape: 'one',
});

export const listFirewallRules = defineCommand({
  name: 'listFirewallRules',
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
  response: firewallRuleEntity,
  shape: 'list',
});

export const updateFirewallRule = defineCommand({
  name: 'updateFirewallRule',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    customid: { type: 'string', description: '' },
    fordisplay: { type: 'boolean', description: '' },
    id: { type: 'uuid', description: '', required: true },
  },
  response: firewallRuleEntity,
  shape: 'one',
});

export const deleteFirewallRule = defineCommand({
  name: 'deleteFirewallRule',
  description: '',
  async: true,
  roles: ['Root Admin', 'Domain Admin', 'User'],
  params: {
    id: { type: 'uuid', description: '', required: true },
  },
  response: successEntity,
  shape: 'success',
});
