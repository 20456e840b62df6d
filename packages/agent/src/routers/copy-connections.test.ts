import fc from 'fast-check';
import { expect, it } from 'vitest';
import { directionsOf, type TrackedFlow } from './conntrack.ts';
import { type RunInNetwork, writeConnections } from './copy-connections.ts';

const flow = (port: number): TrackedFlow => {
  const sport = String(port);
  return {
    protocol: 'udp',
    timeout: 30,
    state: null,
    original: { source: '10.1.1.2', destination: '203.0.113.1', fields: { sport, dport: '53' } },
    reply: {
      source: '203.0.113.1',
      destination: '198.51.100.1',
      fields: { sport: '53', dport: sport },
    },
    replied: true,
    assured: false,
    mark: 0,
  };
};

const listed = (port: string): string =>
  `ipv4 2 udp 17 30 src=10.1.1.2 dst=203.0.113.1 sport=${port} dport=53 src=203.0.113.1 dst=198.51.100.1 sport=53 dport=${port} mark=0 use=1`;

/** A router's table under conntrack 1.4.8, which ends with an error at the first flow that is there already. */
function table(ports: readonly number[]): { run: RunInNetwork; ports: Set<string>; loads: number } {
  const state = { ports: new Set(ports.map(String)), loads: 0, run };
  async function run(...[command, options]: Parameters<RunInNetwork>): Promise<string> {
    if (command[0] === 'conntrack') return [...state.ports].map(listed).join('\n');
    state.loads += 1;
    for (const [, port = ''] of (options?.input ?? '').matchAll(/--sport (\d+)/g)) {
      if (state.ports.has(port)) throw new Error('Operation not supported');
      state.ports.add(port);
    }
    return '';
  }
  return state;
}

const ports = fc.uniqueArray(fc.integer({ min: 1, max: 40 }));

it('makes all of them be there, whichever were before', async () => {
  await fc.assert(
    fc.asyncProperty(ports, ports, ports, async (wanted, there, known) => {
      const router = table(there);
      const tracked = known.filter(port => there.includes(port)).map(flow);
      await writeConnections(router.run, wanted.map(flow), tracked);
      const all = new Set([...wanted, ...there].map(String));
      expect(new Set(router.ports)).toEqual(all);
    }),
  );
});

it('writes once when it is known which are there', async () => {
  const router = table([1, 2]);
  await writeConnections(router.run, [flow(1), flow(2), flow(3)], [flow(1), flow(2)]);
  expect(router.loads).toBe(1);
  await writeConnections(router.run, [flow(1)], [flow(1)]);
  expect(router.loads).toBe(1);
});

it('tells of an error that has another cause', async () => {
  const run: RunInNetwork = async command => {
    if (command[0] === 'conntrack') return '';
    throw new Error('no memory');
  };
  const many = Array.from({ length: 100 }, (_, port) => flow(port + 1));
  await expect(writeConnections(run, many)).rejects.toThrow('no memory');
});

it('passes over one that clashes with an entry which is not listed as its own, and writes the others', async () => {
  const router = table([]);
  const run: RunInNetwork = async (command, options) => {
    if (options?.input?.includes('--sport 2 ')) {
      const before = options.input.split('\n').findIndex(line => line.includes('--sport 2 '));
      await router.run(command, { input: options.input.split('\n').slice(0, before).join('\n') });
      throw new Error('File exists');
    }
    return await router.run(command, options);
  };
  expect(await writeConnections(run, [flow(1), flow(2), flow(3)])).toBe(1);
  expect(router.ports).toEqual(new Set(['1', '3']));
});

it('leaves out what is tracked from the other side', async () => {
  const router = table([]);
  const { original, reply, ...rest } = flow(5);
  await writeConnections(
    router.run,
    [flow(5), flow(6)],
    [{ ...rest, original: reply, reply: original }],
  );
  expect(router.ports).toEqual(new Set(['6']));
});

it('tells flows apart by protocol, addresses and ports', () => {
  expect(directionsOf(flow(1))).not.toEqual(directionsOf(flow(2)));
  expect(directionsOf({ ...flow(1), protocol: 'tcp' })).not.toEqual(directionsOf(flow(1)));
  expect(directionsOf({ ...flow(1), timeout: 5, replied: false })).toEqual(directionsOf(flow(1)));
});
