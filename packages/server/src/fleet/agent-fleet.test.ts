import { randomUUID } from 'node:crypto';
import { type AgentEvent, type Identity, templateDownload } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedHost } from '../simulator/host.ts';
import type { SimulatedHost } from '../simulator/simulated-host.ts';
import { type FleetLab, fleetLab, templateFile, until } from './test-agents.ts';

let lab: FleetLab;
let agent: SimulatedHost;
let hostId: string;
let identity: Identity;

const segment = (id: number) =>
  ({ isolation: 'VLAN', id, label: null, mtu: 1500, peers: [] }) as const;

beforeAll(async () => {
  lab = await fleetLab();
  agent = simulatedHost({ name: 'host2', underlay: { address: '192.0.2.2', mtu: 1500 } });
  ({ hostId, identity } = await lab.join(agent));
  lab.dial(agent, identity);
  await lab.until(hostId, 'Up');
  await until('the fleet', async () => lab.listener.fleet.connected().includes(hostId));
});
afterAll(() => lab.close());

const remote = () => lab.listener.fleet.of(hostId);

/** Holds a command of the agent after it took effect, until released. */
function hold(command: string): { readonly reached: Promise<void>; release(): void } {
  let release = (): void => undefined;
  const released = new Promise<void>(resolve => {
    release = resolve;
  });
  const reached = new Promise<void>(resolve => {
    agent.intercept = async (name, _subject, done) => {
      if (name !== command || !done) return;
      resolve();
      await released;
    };
  });
  return {
    reached,
    release: () => {
      agent.intercept = () => undefined;
      release();
    },
  };
}

describe('a host that joined', () => {
  it('has a row with what it says of itself', async () => {
    const host = await lab.db
      .selectFrom('hosts')
      .selectAll()
      .where('id', '=', hostId)
      .executeTakeFirstOrThrow();
    expect(host).toMatchObject({
      name: 'host2',
      state: 'Up',
      address: '192.0.2.2',
      underlay_address: '192.0.2.2',
      disconnected: null,
      tags: ['ssd'],
      agent_version: '0',
      is_local: false,
    });
    expect(host.certificate).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes commands, many at once, and answers with results and errors', async () => {
    expect((await remote().facts()).name).toBe('host2');
    await Promise.all([1, 2, 3, 4, 5].map(id => remote().ensureSegment(segment(id))));
    const inventory = await remote().inventory();
    expect(inventory.segments.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5,
    ]);
    agent.intercept = () => {
      throw new IsolaError('in_use', { reason: 'segment 1 has ports' });
    };
    await expect(remote().removeSegment(segment(1))).rejects.toMatchObject({
      code: 'in_use',
      message: 'segment 1 has ports',
    });
    agent.intercept = () => {
      throw new Error('disk on fire');
    };
    await expect(remote().removeSegment(segment(1))).rejects.toMatchObject({
      code: 'resource_unavailable',
      message: 'Resource Unavailable: disk on fire',
    });
    agent.intercept = () => undefined;
  });

  it('has no more commands than it can answer', async () => {
    const held = hold('ensureSegment');
    const calls = Array.from({ length: 25 }, (_, id) => remote().ensureSegment(segment(id)));
    const settled = Promise.allSettled(calls);
    await held.reached;
    held.release();
    const outcomes = await settled;
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject({
      reason: { message: 'Resource Unavailable: host host2 has 20 commands to answer' },
    });
  });

  it('tells of events, and of its load on its row', async () => {
    const heard: [string, AgentEvent][] = [];
    lab.listener.fleet.onEvent((host, event) => heard.push([host, event]));
    agent.emit({ kind: 'instance-stopped', id: 'i' });
    const load = {
      cpuPercent: 12.5,
      memoryUsedBytes: 1 << 30,
      disk: { totalBytes: 100, freeBytes: 50 },
      nics: [{ instanceId: 'i', device: 'eth0', receivedBytes: 1, sentBytes: 2 }],
    };
    agent.emit({ kind: 'load', load });
    await until('the load', async () => {
      const row = await lab.db
        .selectFrom('hosts')
        .select('load')
        .where('id', '=', hostId)
        .executeTakeFirstOrThrow();
      return row.load?.cpuPercent === 12.5;
    });
    expect(heard).toContainEqual([hostId, { kind: 'instance-stopped', id: 'i' }]);
  });

  it('fetches templates, and is told why it cannot', async () => {
    const source = templateDownload(lab.url, () => identity);
    const chunks: Buffer[] = [];
    for await (const chunk of await source.open(randomUUID().replace(/^./, 'a')))
      chunks.push(Buffer.from(chunk as Uint8Array));
    expect(Buffer.concat(chunks).equals(templateFile)).toBe(true);
    await expect(source.open(randomUUID().replace(/^./, '0'))).rejects.toMatchObject({
      code: 'template_unavailable',
      details: { template: 'tiny', store: 'store1', reason: 'it is gone' },
    });
  });
});

describe('a connection that breaks', () => {
  it('under a command: it takes effect once, and its answer comes over the next', async () => {
    const before = agent.calls.get('ensureSegment') ?? 0;
    const held = hold('ensureSegment');
    const call = remote().ensureSegment(segment(77));
    await held.reached;
    lab.network.cut();
    await until('a new connection', async () => lab.listener.fleet.connected().length === 1);
    held.release();
    await call;
    expect(agent.calls.get('ensureSegment')).toBe(before + 1);
  });

  it('before a command arrives: it is sent again', async () => {
    lab.network.state = 'silent';
    const call = remote().ensureSegment(segment(78));
    lab.network.cut();
    lab.network.state = 'up';
    await call;
    expect(agent.segments.has(78)).toBe(true);
  });

  it('before the answer arrives: it is not done again', async () => {
    const before = agent.calls.get('ensureSegment') ?? 0;
    const held = hold('ensureSegment');
    const call = remote().ensureSegment(segment(79));
    await held.reached;
    lab.network.state = 'silent';
    held.release();
    // The answer is on its way into the void.
    await until('the answer', async () => agent.calls.get('ensureSegment') === before + 1);
    await new Promise(resolve => setImmediate(resolve));
    lab.network.cut();
    lab.network.state = 'up';
    await call;
    expect(agent.calls.get('ensureSegment')).toBe(before + 1);
  });

  it('for long: what waits fails, what comes fails at once, and all works again', async () => {
    const changes: { connected: boolean; reason: string }[] = [];
    lab.listener.fleet.onConnection(change => changes.push(change));
    const held = hold('ensureSegment');
    const call = remote().ensureSegment(segment(80));
    const waits = expect(call).rejects.toMatchObject({
      code: 'resource_unavailable',
      message: expect.stringContaining('host host2 is not connected'),
    });
    await held.reached;
    lab.network.state = 'down';
    lab.network.cut();
    await lab.until(hostId, 'Disconnected');
    const started = performance.now();
    await expect(remote().facts()).rejects.toThrow('host host2 is not connected (');
    expect(performance.now() - started).toBeLessThan(500);
    await waits;
    held.release();
    expect(lab.listener.fleet.connected()).toEqual([]);
    agent.emit({ kind: 'instance-stopped', id: 'while away' });
    const heard: AgentEvent[] = [];
    lab.listener.fleet.onEvent((_host, event) => heard.push(event));
    lab.network.state = 'up';
    await lab.until(hostId, 'Up');
    await until('the event', async () =>
      heard.some(event => event.kind === 'instance-stopped' && event.id === 'while away'),
    );
    expect((await remote().facts()).name).toBe('host2');
    expect(changes.map(({ connected }) => connected)).toEqual([false, true]);
  });

  it('without a word: the silence is heard by both', async () => {
    lab.network.state = 'silent';
    await lab.until(hostId, 'Disconnected');
    lab.network.state = 'up';
    await lab.until(hostId, 'Up');
  });

  it('because the server restarts: the agent comes back', async () => {
    await lab.restart();
    await lab.until(hostId, 'Up');
    await until('the fleet', async () => lab.listener.fleet.connected().includes(hostId));
    expect((await remote().facts()).name).toBe('host2');
  });
});

describe('a slow connection', () => {
  it('carries long messages without being taken for dead', async () => {
    lab.network.rate = 200_000;
    lab.network.cut();
    await lab.until(hostId, 'Disconnected');
    await lab.until(hostId, 'Up');
    await until('the fleet', async () => lab.listener.fleet.connected().includes(hostId));
    // Longer than silence may last, and little work: an agent whose own process is held up hangs up.
    const neighbours = Array.from({ length: 50_000 }, (_, n) => `192.0.2.${n}`);
    const changes: unknown[] = [];
    lab.listener.fleet.onConnection(change => changes.push(change));
    const started = performance.now();
    await remote().setNeighbours(neighbours);
    expect(performance.now() - started).toBeGreaterThan(2500);
    expect(changes).toEqual([]);
    lab.network.rate = Number.POSITIVE_INFINITY;
    lab.network.cut();
  });
});
