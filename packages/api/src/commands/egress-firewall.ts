import { defineCommand } from '../define.ts';
import { firewallRuleEntity } from '../entities/firewall-rule.ts';
import { successEntity } from '../entities/success.ts';
import { param, port, required } from '../param.ts';
import { displayParams, pageParams, scopeParams, tagParams } from './common.ts';

const icmp = { min: -1, max: 255 } as const;

export const createEgressFirewallRule = defineCommand({
  name: 'createEgressFirewallRule',
  description: 'Makes an exception to what a network does with traffic to the outside',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    cidrlist: param.list('Sources inside the network; all when not given'),
    destcidrlist: param.list('Destinations; all when not given'),
    endport: param.whole('Last port; the first one when not given', port),
    fordisplay: param.flag('Whether the owner sees the rule'),
    icmpcode: param.whole('ICMP code; -1 for all', icmp),
    icmptype: param.whole('ICMP type; -1 for all', icmp),
    networkid: param.id('Network', required),
    protocol: param.text('Protocol', { required: true, values: ['tcp', 'udp', 'icmp', 'all'] }),
    startport: param.whole('First port; all ports when not given', port),
  },
  refused: ['type'],
  response: firewallRuleEntity,
  shape: 'one',
  event: 'FIREWALL.EGRESS.OPEN',
});

export const listEgressFirewallRules = defineCommand({
  name: 'listEgressFirewallRules',
  description: 'Lists egress rules of networks',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    ...tagParams,
    ...displayParams,
    id: param.id('Show only this rule'),
    ipaddressid: param.id('Not used by egress rules; shows none'),
    networkid: param.id('Show only rules of this network'),
  },
  response: firewallRuleEntity,
  shape: 'list',
});

export const updateEgressFirewallRule = defineCommand({
  name: 'updateEgressFirewallRule',
  description: 'Changes whether the owner sees an egress rule',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    fordisplay: param.flag('Whether the owner sees the rule'),
    id: param.id('Id of the rule', required),
  },
  response: firewallRuleEntity,
  shape: 'one',
  event: 'FIREWALL.EGRESS.UPDATE',
});

export const deleteEgressFirewallRule = defineCommand({
  name: 'deleteEgressFirewallRule',
  description: 'Deletes an egress rule',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the rule', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'FIREWALL.EGRESS.CLOSE',
});
