import { defineCommand } from '../define.ts';
import { firewallRuleEntity } from '../entities/firewall-rule.ts';
import { successEntity } from '../entities/success.ts';
import { param, port, required } from '../param.ts';
import { displayParams, pageParams, scopeParams, tagParams } from './common.ts';

const icmp = { min: -1, max: 255 } as const;

export const createFirewallRule = defineCommand({
  name: 'createFirewallRule',
  description: 'Lets traffic in to a public address',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    cidrlist: param.list('Sources that may connect; 0.0.0.0/0 when not given'),
    endport: param.whole('Last port; the first one when not given', port),
    fordisplay: param.flag('Whether the owner sees the rule'),
    icmpcode: param.whole('ICMP code; -1 for all', icmp),
    icmptype: param.whole('ICMP type; -1 for all', icmp),
    ipaddressid: param.id('Public address', required),
    protocol: param.text('Protocol', { required: true, values: ['tcp', 'udp', 'icmp'] }),
    startport: param.whole('First port', port),
  },
  refused: ['type'],
  response: firewallRuleEntity,
  shape: 'one',
  event: 'FIREWALL.OPEN',
});

export const listFirewallRules = defineCommand({
  name: 'listFirewallRules',
  description: 'Lists firewall rules of public addresses',
  async: false,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    ...pageParams,
    ...scopeParams,
    ...tagParams,
    ...displayParams,
    id: param.id('Show only this rule'),
    ipaddressid: param.id('Show only rules of this public address'),
    networkid: param.id('Show only rules of this network'),
  },
  response: firewallRuleEntity,
  shape: 'list',
});

export const updateFirewallRule = defineCommand({
  name: 'updateFirewallRule',
  description: 'Changes whether the owner sees a firewall rule',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    fordisplay: param.flag('Whether the owner sees the rule'),
    id: param.id('Id of the rule', required),
  },
  response: firewallRuleEntity,
  shape: 'one',
  event: 'FIREWALL.UPDATE',
});

export const deleteFirewallRule = defineCommand({
  name: 'deleteFirewallRule',
  description: 'Deletes a firewall rule; its connections end',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the rule', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'FIREWALL.CLOSE',
});
