import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseHost, type Demand, type HostRoom } from './choose.ts';

const kinds = fc.constantFrom('LXC' as const, 'KVM' as const);
const tags = fc.uniqueArray(fc.constantFrom('ssd', 'gpu', 'rack1'), { maxLength: 3 });
const storage = fc.option(fc.constantFrom('nfs1', 'nfs2'), { nil: null });

const room: fc.Arbitrary<Omit<HostRoom, 'id' | 'name'>> = fc.record({
  clusterId: fc.constantFrom('c1', 'c2'),
  podId: fc.constantFrom('p1', 'p2'),
  state: fc.constantFrom('Up', 'Up', 'Up', 'Disconnected', 'Alert', 'Down', 'Connecting'),
  resourceState: fc.constantFrom('Enabled', 'Enabled', 'Enabled', 'Disabled', 'Maintenance'),
  hypervisor: kinds,
  tags,
  sharedStorage: storage,
  links: fc.subarray(['VLAN', 'VXLAN'] as const),
  reachesPublic: fc.boolean(),
  memoryMiB: fc.integer({ min: 0, max: 8 }).map(n => n * 256),
  reservedMiB: fc.integer({ min: 0, max: 8 }).map(n => n * 256),
  cpuMHz: fc.integer({ min: 0, max: 4 }).map(n => n * 1000),
  reservedMHz: fc.integer({ min: 0, max: 4 }).map(n => n * 1000),
});

const rooms = fc
  .array(room, { maxLength: 6 })
  .map(list => list.map((host, n) => ({ ...host, id: `h${n}`, name: `host${n}` })));
const hostId = fc.constantFrom('h0', 'h1', 'h2', 'h3');

const demands: fc.Arbitrary<Demand> = fc.record({
  memoryMiB: fc.constantFrom(64, 256, 512),
  hypervisors: fc.uniqueArray(kinds, { minLength: 1, maxLength: 2 }),
  tags: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, tags),
  disk: fc.option(fc.record({ hostId, sharedStorage: storage }), { nil: null, freq: 2 }),
  movesFrom: fc.option(fc.record({ sharedStorage: storage }), { nil: null, freq: 2 }),
  hostId: fc.option(hostId, { nil: null, freq: 3 }),
  clusterId: fc.option(fc.constantFrom('c1', 'c2'), { nil: null, freq: 4 }),
  podId: fc.option(fc.constantFrom('p1', 'p2'), { nil: null, freq: 4 }),
  networks: fc.array(
    fc.record({
      isolation: fc.constantFrom('VLAN', 'VXLAN'),
      labelled: fc.boolean(),
      carriers: fc.array(fc.record({ id: hostId, linked: fc.boolean() }), { maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
  needsPublic: fc.boolean(),
  company: fc.record({
    apart: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(hostId, { maxLength: 2 })),
    together: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      fc.array(fc.array(hostId, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
    ),
    ratherApart: fc.array(hostId, { maxLength: 3 }),
    ratherTogether: fc.array(fc.array(hostId, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
  }),
  avoid: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(hostId, { maxLength: 2 })),
});

/** Whether a host will do, said as plainly as it can be. */
function willDo(host: HostRoom, demand: Demand): boolean {
  return (
    host.state === 'Up' &&
    host.resourceState === 'Enabled' &&
    demand.hypervisors.includes(host.hypervisor) &&
    demand.tags.every(tag => host.tags.includes(tag)) &&
    [null, host.id].includes(demand.hostId) &&
    [null, host.clusterId].includes(demand.clusterId) &&
    [null, host.podId].includes(demand.podId) &&
    (demand.movesFrom === null || demand.movesFrom.sharedStorage === host.sharedStorage) &&
    !demand.avoid.includes(host.id) &&
    !demand.company.apart.includes(host.id) &&
    demand.company.together.every(hosts => hosts.includes(host.id)) &&
    demand.networks.every(
      ({ isolation, labelled, carriers }) =>
        carriers.every(carrier => carrier.id === host.id) ||
        ((labelled || host.links.includes(isolation)) &&
          carriers.every(carrier => carrier.id === host.id || carrier.linked)),
    ) &&
    (host.reachesPublic || !demand.needsPublic) &&
    host.reservedMiB + demand.memoryMiB <= host.memoryMiB &&
    (demand.disk === null ||
      demand.disk.hostId === host.id ||
      (demand.disk.sharedStorage !== null && demand.disk.sharedStorage === host.sharedStorage))
  );
}

const merits = (host: HostRoom, { networks, company }: Demand): number[] => [
  networks.every(({ isolation, labelled }) => labelled || host.links.includes(isolation)) ? 1 : 0,
  company.ratherTogether.filter(hosts => hosts.includes(host.id)).length -
    company.ratherApart.filter(id => id === host.id).length,
  host.memoryMiB - host.reservedMiB,
  host.cpuMHz - host.reservedMHz,
];

test('the best host that will do is chosen, the first of equals; else each host has a reason', () => {
  fc.assert(
    fc.property(rooms, demands, (hosts, demand) => {
      const fit = hosts
        .filter(host => willDo(host, demand))
        .toSorted((a, b) => {
          const other = merits(b, demand);
          const differences = merits(a, demand).map((merit, n) => (other[n] ?? 0) - merit);
          return differences.find(difference => difference !== 0) ?? 0;
        });
      const chosen = chooseHost(hosts, demand);
      if ('host' in chosen) {
        expect(chosen.host).toBe(fit[0]);
        return;
      }
      expect(fit).toEqual([]);
      expect(chosen.refusals.map(refusal => refusal.host.id)).toEqual(hosts.map(host => host.id));
      for (const { reason, away, host } of chosen.refusals) {
        expect(reason).not.toBe('');
        const returned = hosts.filter(one => one.id === host.id && one.state !== 'Down');
        expect(away).toBe(returned.some(one => willDo({ ...one, state: 'Up' }, demand)));
      }
    }),
    { numRuns: 2000 },
  );
});
