import { ConfigIndex, fingerprintOf, type RouterConfig } from '@isola/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCompiledConfigs } from './compiled-configs.ts';

const empty: RouterConfig = {
  generation: 1,
  header: {
    name: 'r-1-vm',
    control: { address: '169.254.3.4', prefix: 16, gateway: '169.254.0.1' },
    guest: { address: '10.1.1.1', cidr: '10.1.1.0/24', mac: '02:00:00:00:00:01', mtu: 1500 },
    public: { mac: '02:00:00:00:00:02', prefix: 24, gateway: '203.0.113.1', mtu: 1500 },
    sourceNat: '203.0.113.10',
    egressDefault: 'deny',
    dhcp: true,
    dns: true,
    domain: 'cs1.example',
    nameservers: ['192.0.2.53'],
  },
  collections: {
    publicAddresses: [],
    hosts: [],
    firewall: [],
    egress: [],
    portForwards: [],
    staticNats: [],
  },
};

const id = fc.integer({ min: 0, max: 5 }).map(String);
const change = fc.record({
  addresses: fc.uniqueArray(
    fc.record({ id, address: fc.nat(9).map(last => `203.0.113.${last}`) }),
    { selector: item => item.id, maxLength: 4 },
  ),
  gone: fc.uniqueArray(id, { maxLength: 3 }),
});

test('deltas made from what is remembered fit the router and end at the fingerprint of the whole', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 10 }), changes => {
      const compiled = createCompiledConfigs();
      expect(compiled.keep('r', empty)).toBe(fingerprintOf(empty));
      const router = new ConfigIndex(empty);
      for (const { addresses, gone } of changes) {
        const from = router.generation;
        const removed = gone.filter(one => addresses.every(item => item.id !== one));
        const delta = compiled.amend('r', {
          from,
          generation: from + 2,
          changes: { put: { publicAddresses: addresses }, remove: { publicAddresses: removed } },
        });
        if (delta === null) throw new Error('the configuration was forgotten');
        expect(router.apply(delta)).not.toBeNull();
        expect(compiled.fingerprint('r', from + 2)).toBe(fingerprintOf(router.toConfig()));
      }
    }),
  );
});

test('a delta from another generation is not made, and what was longest unused goes first', () => {
  const compiled = createCompiledConfigs(2);
  compiled.keep('a', empty);
  compiled.keep('b', empty);
  const changes = { put: {}, remove: {} };
  expect(compiled.amend('a', { from: 1, generation: 2, changes })).not.toBeNull();
  compiled.keep('c', empty);
  expect(compiled.fingerprint('b', 1)).toBeNull();
  expect(compiled.fingerprint('a', 2)).not.toBeNull();
  expect(compiled.amend('a', { from: 1, generation: 3, changes })).toBeNull();
});

test('what is changed again and again, or forgotten, is counted once', () => {
  const compiled = createCompiledConfigs(3);
  for (const router of ['a', 'b']) compiled.keep(router, empty);
  for (let generation = 1; generation < 10; generation += 1)
    compiled.amend('b', {
      from: generation,
      generation: generation + 1,
      changes: { put: {}, remove: {} },
    });
  compiled.keep('gone', empty);
  compiled.forget('gone');
  compiled.keep('a', empty);
  compiled.keep('c', empty);
  expect(compiled.fingerprint('a', 1)).not.toBeNull();
  expect(compiled.fingerprint('b', 10)).not.toBeNull();
  expect(compiled.fingerprint('c', 1)).not.toBeNull();
});
