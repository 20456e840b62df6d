import { canonicalCidrs, IsolaError } from '@isola/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { egressFirewallCommands } from '../egress-firewall/commands.ts';
import { type TestNetworks, testNetworks } from '../network/test-network.ts';
import { portForwardingCommands } from '../port-forwarding/commands.ts';
import { publicAddressCommands } from '../public-address/commands.ts';
import { firewallCommands } from './commands.ts';

let world: TestNetworks;
beforeAll(async () => {
  world = await testNetworks();
});
afterAll(() => world.close());

/** A network with one address and one instance; `create` tells whether a rule was accepted or in conflict. */
async function stage() {
  const network = await world.network();
  const instance = await world.instance(network, 1);
  await world.begin(publicAddressCommands.associateIpAddress, { networkid: network.id });
  const { id } = await world.db
    .selectFrom('public_addresses')
    .select('id')
    .where('network_id', '=', network.id)
    .executeTakeFirstOrThrow();
  return { network, instanceId: instance.id, addressId: id };
}

async function accepted(attempt: Promise<unknown>): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (error instanceof IsolaError && error.code === 'rule_conflict') return false;
    throw error;
  }
}

interface Ports {
  readonly first: number;
  readonly length: number;
}
const ports = fc.record({
  first: fc.integer({ min: 1, max: 20 }),
  length: fc.integer({ min: 1, max: 6 }),
});
const overlap = (a: Ports, b: Ports) =>
  a.first < b.first + b.length && b.first < a.first + a.length;

test('port forwards are accepted when and only when their public ports are free', async () => {
  const rule = fc.record({ protocol: fc.constantFrom('tcp', 'udp'), ports });
  await fc.assert(
    fc.asyncProperty(fc.array(rule, { minLength: 2, maxLength: 12 }), async rules => {
      const { network, instanceId, addressId } = await stage();
      const standing: (typeof rules)[number][] = [];
      for (const one of rules) {
        const free = !standing.some(
          other => other.protocol === one.protocol && overlap(other.ports, one.ports),
        );
        const attempt = world.begin(portForwardingCommands.createPortForwardingRule, {
          ipaddressid: addressId,
          virtualmachineid: instanceId,
          protocol: one.protocol,
          publicport: one.ports.first,
          publicendport: one.ports.first + one.ports.length - 1,
          privateport: 80,
          openfirewall: false,
        });
        expect(await accepted(attempt)).toBe(free);
        if (free) standing.push(one);
      }
      await world.clear(network);
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('firewall rules are refused when and only when another says the same of a CIDR', async () => {
  const cidrs = fc.subarray(['0.0.0.0/0', '192.0.2.0/24', '198.51.100.9/24']);
  const rule = fc.record({
    protocol: fc.constantFrom('tcp', 'udp', 'icmp'),
    ports: fc.option(ports, { nil: null }),
    icmp: fc.integer({ min: -1, max: 2 }),
    cidrs,
    destinations: fc.subarray(['192.0.2.0/24', '203.0.113.0/24']),
    egress: fc.boolean(),
  });
  type Rule = typeof rule extends fc.Arbitrary<infer R> ? R : never;
  const sources = (one: Rule) =>
    one.egress
      ? ['10.1.1.0/24']
      : canonicalCidrs(one.cidrs.length === 0 ? ['0.0.0.0/0'] : one.cidrs);
  const shares = (a: readonly string[], b: readonly string[]) => a.some(text => b.includes(text));
  const whole = { first: 1, length: 65535 };
  const clash = (a: Rule, b: Rule) =>
    a.egress === b.egress &&
    a.protocol === b.protocol &&
    shares(sources(a), sources(b)) &&
    (a.protocol === 'icmp' ? a.icmp === b.icmp : overlap(a.ports ?? whole, b.ports ?? whole)) &&
    (!a.egress ||
      shares(a.destinations, b.destinations) ||
      (a.destinations.length === 0 && b.destinations.length === 0));
  await fc.assert(
    fc.asyncProperty(fc.array(rule, { minLength: 2, maxLength: 12 }), async rules => {
      const { network, addressId } = await stage();
      const standing: Rule[] = [];
      for (const one of rules) {
        const free = !standing.some(other => clash(other, one));
        const match =
          one.protocol === 'icmp'
            ? { icmptype: one.icmp }
            : one.ports === null
              ? {}
              : { startport: one.ports.first, endport: one.ports.first + one.ports.length - 1 };
        const attempt = one.egress
          ? world.begin(egressFirewallCommands.createEgressFirewallRule, {
              networkid: network.id,
              protocol: one.protocol,
              destcidrlist: one.destinations,
              ...match,
            })
          : world.begin(firewallCommands.createFirewallRule, {
              ipaddressid: addressId,
              protocol: one.protocol,
              cidrlist: one.cidrs,
              ...match,
            });
        expect(await accepted(attempt)).toBe(free);
        if (free) standing.push(one);
      }
      await world.clear(network);
    }),
    { numRuns: 20 },
  );
}, 60_000);

test('of many equal rules made at once, one is accepted', async () => {
  const { instanceId, addressId } = await stage();
  const results = await Promise.all(
    Array.from({ length: 8 }, () =>
      accepted(
        world.begin(portForwardingCommands.createPortForwardingRule, {
          ipaddressid: addressId,
          virtualmachineid: instanceId,
          protocol: 'tcp',
          publicport: 80,
          privateport: 80,
        }),
      ),
    ),
  );
  expect(results.filter(Boolean)).toHaveLength(1);
  const opened = await world.db
    .selectFrom('firewall_rules')
    .selectAll()
    .where('public_address_id', '=', addressId)
    .execute();
  expect(opened).toHaveLength(1);
});
