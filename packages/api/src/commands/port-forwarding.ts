import { defineCommand } from '../define.ts';
import { portForwardingRuleEntity } from '../entities/port-forwarding-rule.ts';
import { successEntity } from '../entities/success.ts';
import { param, port, required } from '../param.ts';
import { displayParams, pageParams, scopeParams, tagParams } from './common.ts';

const requiredPort = { ...required, ...port } as const;

export const createPortForwardingRule = defineCommand({
  name: 'createPortForwardingRule',
  description: 'Forwards ports of a public address to an instance',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    fordisplay: param.flag('Whether the owner sees the rule'),
    ipaddressid: param.id('Public address', required),
    networkid: param.id('Network of the instance, where the address has none yet'),
    openfirewall: param.flag('Whether to let everybody in to these ports; default true'),
    privateendport: param.whole('Last port of the instance; privateport when not given', port),
    privateport: param.whole('First port of the instance', requiredPort),
    protocol: param.text('Protocol', { required: true, values: ['tcp', 'udp'] }),
    publicendport: param.whole('Last public port; publicport when not given', port),
    publicport: param.whole('First public port', requiredPort),
    virtualmachineid: param.id('Instance', required),
    vmguestip: param.text('Address of the instance, where it has several'),
  },
  refused: ['cidrlist'],
  response: portForwardingRuleEntity,
  shape: 'one',
  event: 'NET.RULEADD',
});

export const listPortForwardingRules = defineCommand({
  name: 'listPortForwardingRules',
  description: 'Lists port forwards',
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
  response: portForwardingRuleEntity,
  shape: 'list',
});

export const updatePortForwardingRule = defineCommand({
  name: 'updatePortForwardingRule',
  description: 'Points a port forward to other ports or another instance',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    fordisplay: param.flag('Whether the owner sees the rule'),
    id: param.id('Id of the rule', required),
    privateendport: param.whole('Last port of the instance', port),
    privateport: param.whole('First port of the instance', port),
    virtualmachineid: param.id('Instance'),
    vmguestip: param.text('Address of the instance, where it has several'),
  },
  refused: ['cidrlist'],
  response: portForwardingRuleEntity,
  shape: 'one',
  event: 'NET.RULEMODIFY',
});

export const deletePortForwardingRule = defineCommand({
  name: 'deletePortForwardingRule',
  description: 'Deletes a port forward; its connections end',
  async: true,
  roles: ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'],
  params: {
    id: param.id('Id of the rule', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'NET.RULEDELETE',
});
