import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { ConfigIndex } from './config-index.ts';
import { applyDelta, diffConfigs } from './diff.ts';
import { fingerprintOf } from './fingerprint.ts';
import { collectionNames, type RouterConfig, type RouterHeader } from './types.ts';

const header: RouterHeader = {
  name: 'r-1-vm',
  control: { address: '169.254.3.4', prefix: 16, gateway: '169.254.0.1' },
  guest: { address: '10.1.1.1', cidr: '10.1.1.0/24', mac: '02:00:00:00:00:01', mtu: 1500 },
  public: { mac: '02:00:00:00:00:02', prefix: 24, gateway: '203.0.113.1', mtu: 1500 },
  sourceNat: '203.0.113.10',
  egressDefault: 'allow',
  dhcp: true,
  dns: true,
  domain: 'cs1.example',
  nameservers: ['203.0.113.53'],
};

const id = fc.integer({ min: 0, max: 9 }).map(n => `id-${n}`);
const octet = fc.integer({ min: 0, max: 255 });
const address = octet.map(last => `203.0.113.${last}`);
const guestAddress = octet.map(last => `10.1.1.${last}`);
const range = fc
  .tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 0, max: 20 }))
  .map(([first, more]) => ({ first, last: Math.min(65535, first + more) }));
const list = <T extends { readonly id: string }>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.uniqueArray(item, { selector: value => value.id, maxLength: 8 });

const config: fc.Arbitrary<RouterConfig> = fc.record({
  generation: fc.nat(1000),
  header: fc.constant(header),
  collections: fc.record({
    publicAddresses: list(
      fc.record(
        { id, address, prefix: fc.integer({ min: 1, max: 32 }) },
        { requiredKeys: ['id', 'address'] },
      ),
    ),
    hosts: list(
      fc.record(
        {
          id,
          mac: octet.map(n => `02:00:00:00:01:${n.toString(16).padStart(2, '0')}`),
          address: guestAddress,
          name: id,
          secondary: fc.constant(true as const),
        },
        { requiredKeys: ['id', 'mac', 'address', 'name'] },
      ),
    ),
    firewall: list(
      fc.record({
        id,
        publicAddress: address,
        match: fc.record({
          protocol: fc.constantFrom('tcp' as const, 'udp' as const),
          ports: range,
        }),
        sources: fc.constantFrom(['0.0.0.0/0'], ['192.0.2.0/24'], []),
      }),
    ),
    egress: list(
      fc.record({
        id,
        match: fc.constant({ protocol: 'all' as const }),
        sources: fc.constantFrom(['0.0.0.0/0'], ['10.1.1.0/24']),
        destinations: fc.constantFrom([], ['192.0.2.0/24']),
      }),
    ),
    portForwards: list(
      fc.record({
        id,
        publicAddress: address,
        protocol: fc.constantFrom('tcp' as const, 'udp' as const),
        publicPorts: range,
        guestAddress,
        guestPorts: range,
      }),
    ),
    staticNats: list(fc.record({ id, publicAddress: address, guestAddress })),
  }),
});

/** Equality that does not see the order of items. */
function normal(value: RouterConfig): string {
  const collections = Object.fromEntries(
    collectionNames.map(name => [
      name,
      [...value.collections[name]].map(item => canonicalJson(item)).toSorted(),
    ]),
  );
  return canonicalJson({ ...value, collections });
}

function reversed(value: RouterConfig): RouterConfig {
  const { collections } = value;
  return {
    ...value,
    collections: {
      publicAddresses: collections.publicAddresses.toReversed(),
      hosts: collections.hosts.toReversed(),
      firewall: collections.firewall.toReversed(),
      egress: collections.egress.toReversed(),
      portForwards: collections.portForwards.toReversed(),
      staticNats: collections.staticNats.toReversed(),
    },
  };
}

describe('configuration deltas', () => {
  it('reach the target, with its fingerprint', () => {
    fc.assert(
      fc.property(config, config, (from, to) => {
        const delta = diffConfigs(from, to);
        if (delta === 'full') throw new Error('same header');
        const reached = applyDelta(from, delta);
        expect(reached).not.toBeNull();
        if (reached === null) return;
        expect(normal(reached)).toBe(normal(to));
        expect(fingerprintOf(reached)).toBe(fingerprintOf(to));
      }),
    );
  });

  it('are empty between equal configurations and ask for the whole when headers differ', () => {
    fc.assert(
      fc.property(config, value => {
        const delta = diffConfigs(value, reversed(value));
        expect(delta).toMatchObject({ put: {}, remove: {} });
        const renamed = { ...value, header: { ...header, name: 'r-2-vm' } };
        expect(diffConfigs(value, renamed)).toBe('full');
        expect(fingerprintOf(renamed)).not.toBe(fingerprintOf(value));
      }),
    );
  });

  it('keep the fingerprint incrementally equal to the full one, and revert', () => {
    fc.assert(
      fc.property(config, fc.array(config, { maxLength: 4 }), (first, targets) => {
        const index = new ConfigIndex(first);
        for (const target of targets) {
          const before = index.toConfig();
          const delta = diffConfigs(before, target);
          if (delta === 'full') throw new Error('same header');
          const change = index.apply(delta);
          expect(change).not.toBeNull();
          if (change === null) return;
          expect(index.fingerprint).toBe(fingerprintOf(target));
          index.revert(change, before.generation);
          expect(index.fingerprint).toBe(fingerprintOf(before));
          expect(normal(index.toConfig())).toBe(normal(before));
          index.apply(delta);
        }
      }),
    );
  });

  it('refuse another base, another result and unknown ids, and change nothing', () => {
    fc.assert(
      fc.property(config, config, (from, to) => {
        const delta = diffConfigs(from, to);
        if (delta === 'full') throw new Error('same header');
        const index = new ConfigIndex(from);
        expect(index.apply({ ...delta, from: from.generation + 1 })).toBeNull();
        expect(index.apply({ ...delta, fingerprint: '0'.repeat(64) })).toBeNull();
        expect(index.apply({ ...delta, remove: { hosts: ['never-there'] } })).toBeNull();
        expect(normal(index.toConfig())).toBe(normal(from));
        expect(index.fingerprint).toBe(fingerprintOf(from));
      }),
    );
  });

  it('give a fingerprint that does not depend on the order of items', () => {
    fc.assert(
      fc.property(config, value => {
        expect(fingerprintOf(reversed(value))).toBe(fingerprintOf(value));
      }),
    );
  });
});
