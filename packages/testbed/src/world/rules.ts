import type { Answer, Api } from './api.ts';

/** Lets everything out of a network whose default is to deny. */
export async function allowEgress(tenant: Api, networkId: string): Promise<Answer> {
  return await tenant.job('createEgressFirewallRule', { networkid: networkId, protocol: 'all' });
}

/** A public address of the network's, beside the source NAT one. */
export async function acquire(tenant: Api, networkId: string): Promise<Answer> {
  return await tenant.job('associateIpAddress', { networkid: networkId });
}

/** Opens ports of an address to `cidrs`. */
export async function open(
  tenant: Api,
  address: Answer,
  rule: {
    protocol: string;
    first?: number;
    last?: number;
    cidrs?: string;
    icmptype?: number;
    icmpcode?: number;
  },
): Promise<Answer> {
  return await tenant.job('createFirewallRule', {
    ipaddressid: address['id'],
    protocol: rule.protocol,
    cidrlist: rule.cidrs ?? '0.0.0.0/0',
    ...(rule.first === undefined
      ? {}
      : { startport: rule.first, endport: rule.last ?? rule.first }),
    ...(rule.icmptype === undefined
      ? {}
      : { icmptype: rule.icmptype, icmpcode: rule.icmpcode ?? 0 }),
  });
}

/** Forwards ports of an address to a guest. */
export async function forward(
  tenant: Api,
  address: Answer,
  rule: {
    to: Answer;
    protocol: 'tcp' | 'udp';
    public: readonly [number, number];
    private: readonly [number, number];
  },
): Promise<Answer> {
  return await tenant.job('createPortForwardingRule', {
    ipaddressid: address['id'],
    virtualmachineid: rule.to['id'],
    protocol: rule.protocol,
    publicport: rule.public[0],
    publicendport: rule.public[1],
    privateport: rule.private[0],
    privateendport: rule.private[1],
    openfirewall: false,
  });
}
