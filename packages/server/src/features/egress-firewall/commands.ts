import { cidr, cidrContains, IsolaError } from '@isola/model';
import type { Handlers } from '../../http/call.ts';
import { refuseConflict } from '../firewall/conflict.ts';
import { listRules } from '../firewall/list.ts';
import { cidrsOf, matchOf } from '../firewall/match.ts';
import { insertRule } from '../firewall/repository.ts';
import { deleteRule, jobRule, updateRule } from '../firewall/rule-commands.ts';
import { addressesOf } from '../network/addressed.ts';
import { beginChange } from '../network/change.ts';
import { offeringOf, ownedNetwork } from '../network/repository.ts';
import { requireService } from '../public-address/change.ts';

/** Egress rules: exceptions to what the offering does with traffic to the outside. */
export const egressFirewallCommands = {
  createEgressFirewallRule: {
    kind: 'job',
    async begin(call, params) {
      const { id } = await ownedNetwork(call, { parameter: 'networkid', id: params.networkid });
      const change = await beginChange(call.tx, id);
      const { network } = change;
      requireService({ network, offering: await offeringOf(call.tx, network) }, 'Firewall');
      const block = addressesOf(network).cidr;
      const rule = {
        ...matchOf(params),
        network_id: id,
        public_address_id: null,
        sources: cidrsOf(params.cidrlist, [block]),
        destinations: cidrsOf(params.destcidrlist, []),
        display: params.fordisplay ?? true,
        port_forward_id: null,
      };
      refuseForeignSources(rule.sources, block);
      await refuseConflict(call.tx, rule);
      const ruleId = await insertRule(call.tx, change, rule);
      return { object: { type: 'FirewallRule', id: ruleId }, waits: change.waits };
    },
    result: jobRule,
  },
  listEgressFirewallRules: {
    kind: 'sync',
    run: (call, params) => listRules(call, params, 'Egress'),
  },
  updateEgressFirewallRule: {
    kind: 'job',
    begin: (call, params) => updateRule(call, params, 'Egress'),
    result: jobRule,
  },
  deleteEgressFirewallRule: {
    kind: 'job',
    begin: (call, params) => deleteRule(call, params, 'Egress'),
    result: async () => ({ success: true }),
  },
} satisfies Partial<Handlers>;

/** Sources are guests of the network; `0.0.0.0/0` stands for all of them. */
function refuseForeignSources(sources: readonly string[], networkCidr: string): void {
  const network = cidr(networkCidr);
  for (const text of sources) {
    const source = cidr(text);
    const within = source.prefix >= network.prefix && cidrContains(network, source.base);
    if (within || source.prefix === 0) continue;
    throw new IsolaError('refused_value', {
      reason: `cidrlist: ${text} is not within the guest CIDR ${networkCidr}`,
    });
  }
}
