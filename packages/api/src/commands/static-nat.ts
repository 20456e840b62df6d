import { defineCommand } from '../define.ts';
import { ipForwardingRuleEntity } from '../entities/ip-forwarding-rule.ts';
import { successEntity } from '../entities/success.ts';
import { param, port, required } from '../param.ts';
import { pageParams, scopeParams } from './common.ts';

export const enableStaticNat = defineCommand({
  name: 'enableStaticNat',
  description: 'Gives an instance a public address of its own',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ipaddressid: param.id('Public address', required),
    networkid: param.id('Network of the instance, where it has several'),
    virtualmachineid: param.id('Instance', required),
    vmguestip: param.text('Address of the instance, where it has several'),
  },
  response: successEntity,
  shape: 'success',
  event: 'STATICNAT.ENABLE',
});

export const disableStaticNat = defineCommand({
  name: 'disableStaticNat',
  description: 'Takes the public address of an instance away; its firewall rules stay',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ipaddressid: param.id('Public address', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'STATICNAT.DISABLE',
});

export const createIpForwardingRule = defineCommand({
  name: 'createIpForwardingRule',
  description: 'Opens ports of a static NAT address, as createFirewallRule does',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    cidrlist: param.list('Sources that may connect; 0.0.0.0/0 when not given'),
    endport: param.whole('Last port; the first one when not given', port),
    ipaddressid: param.id('Public address with static NAT', required),
    openfirewall: param.flag('true: opening the ports is all that such a rule does'),
    protocol: param.text('Protocol', { required: true, values: ['tcp', 'udp'] }),
    startport: param.whole('First port', { ...required, ...port }),
  },
  response: ipForwardingRuleEntity,
  shape: 'one',
  event: 'STATICNAT.RULE.CREATE',
});

export const deleteIpForwardingRule = defineCommand({
  name: 'deleteIpForwardingRule',
  description: 'Closes ports of a static NAT address; their connections end',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the rule', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'STATICNAT.RULE.DELETE',
});

export const listIpForwardingRules = defineCommand({
  name: 'listIpForwardingRules',
  description:
    'Lists the ports that are open on static NAT addresses, with the instances they lead to',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    id: param.id('Show only this rule'),
    ipaddressid: param.id('Show only rules of this public address'),
    virtualmachineid: param.id('Show only rules that lead to this instance'),
  },
  response: ipForwardingRuleEntity,
  shape: 'list',
});
