import type { Handlers } from '../../http/call.ts';
import { beginAddressChange, requireService } from '../public-address/change.ts';
import { refuseConflict } from './conflict.ts';
import { listRules } from './list.ts';
import { cidrsOf, matchOf } from './match.ts';
import { insertRule } from './repository.ts';
import { deleteRule, jobRule, updateRule } from './rule-commands.ts';

export const firewallCommands = {
  createFirewallRule: {
    kind: 'job',
    async begin(call, params) {
      const named = { parameter: 'ipaddressid', id: params.ipaddressid };
      const change = await beginAddressChange(call, named);
      requireService(change, 'Firewall');
      const rule = {
        ...matchOf(params),
        network_id: change.network.id,
        public_address_id: change.address.id,
        sources: cidrsOf(params.cidrlist, ['0.0.0.0/0']),
        destinations: [],
        display: params.fordisplay ?? true,
        port_forward_id: null,
      };
      await refuseConflict(call.tx, rule);
      const id = await insertRule(call.tx, change, rule);
      return { object: { type: 'FirewallRule', id }, waits: change.waits };
    },
    result: jobRule,
  },
  listFirewallRules: {
    kind: 'sync',
    run: (call, params) => listRules(call, params, 'Ingress'),
  },
  updateFirewallRule: {
    kind: 'job',
    begin: (call, params) => updateRule(call, params, 'Ingress'),
    result: jobRule,
  },
  deleteFirewallRule: {
    kind: 'job',
    begin: (call, params) => deleteRule(call, params, 'Ingress'),
    result: async () => ({ success: true }),
  },
} satisfies Partial<Handlers>;
