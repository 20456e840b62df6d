import type { GuestSpec, SegmentSpec } from '@isola/agent-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerPid } from '../world/containers.ts';
import { run, until } from '../world/exec.ts';
import { inNamespace, launcherIn, type Place, placeAt } from '../world/place.ts';
import {
  guestSpec,
  type HostWorld,
  makeHostWorld,
  routerConfig,
  routerSpec,
  type TestNetwork,
} from './host-world.ts';
import { makeTestUnderlay, type TestUnderlay, underlayInterface } from './underlay.ts';

const addresses = { one: '192.0.2.1', two: '192.0.2.2', stranger: '192.0.2.66' };
/** What 1500 bytes of underlay leave to guests. */
const mtu = 1450;

function segment(id: number, peers: readonly string[]): SegmentSpec {
  return { isolation: 'VXLAN', id, label: null, mtu, peers };
}

/** Two tenants with the same addresses. */
const red: TestNetwork = { vlan: 300, publicHost: 30, segment: segment(30_000, []) };
const blue: TestNetwork = { vlan: 301, publicHost: 31, segment: segment(30_001, []) };

let underlay: TestUnderlay;
let one: HostWorld;
let two: HostWorld;
let stranger: Place;

async function networkOf(world: HostWorld, name: string): Promise<Place> {
  const pid = await containerPid(
    { launcher: launcherIn(world.namespace), home: world.options.home },
    name,
  );
  return placeAt(name, ['nsenter', '-t', String(pid), '-n']);
}

/** Both hosts have the same images. */
function guestOf(network: TestNetwork, host: number): GuestSpec {
  return guestSpec(network, host, one.guestTemplate);
}

/** Brings the segment up on both hosts, each the other's peer. */
async function span(id: number): Promise<void> {
  await one.agent.call('ensureSegment', segment(id, [addresses.two]));
  await two.agent.call('ensureSegment', segment(id, [addresses.one]));
}

async function lease(place: Place, address: string): Promise<void> {
  await until('the lease', async () => {
    const { stdout } = await place.tryRun(['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0']);
    return stdout.includes(`${address}/24`);
  });
}

/** Whether a ping of that many bytes, IP header and all, that must not be fragmented is answered. */
async function pingOf(place: Place, host: string, bytes: number): Promise<boolean> {
  const size = ['-M', 'do', '-s', String(bytes - 28)];
  return (await place.tryRun(['ping', ...size, '-c', '1', '-W', '2', host])).code === 0;
}

beforeAll(async () => {
  underlay = await makeTestUnderlay('vx', 1500);
  one = await makeHostWorld('vx1', { place: { underlay, address: addresses.one } });
  two = await makeHostWorld('vx2', { place: { underlay, address: addresses.two } });
  await run(['ip', 'netns', 'add', 'ag-vx-st']);
  await underlay.join('ag-vx-st', addresses.stranger);
  stranger = inNamespace('ag-vx-st');
});
afterAll(async () => {
  await run(['ip', 'netns', 'del', 'ag-vx-st']);
  await one.remove();
  await two.remove();
  await underlay.remove();
});

describe('a network on two hosts', () => {
  let near: Place;
  let far: Place;

  it('has its router on one and a guest with a lease on the other', async () => {
    await span(30_000);
    const boot = routerConfig(red, { number: 1, host: 7 });
    const { hosts } = routerConfig(red, { number: 1, host: 8 }).collections;
    const both = { ...boot.collections, hosts: [...boot.collections.hosts, ...hosts] };
    await one.agent.call('startRouter', routerSpec(red, 1), { ...boot, collections: both });
    await one.agent.call('startGuest', guestOf(red, 7));
    await two.agent.call('startGuest', guestOf(red, 8));
    near = await networkOf(one, guestOf(red, 7).name);
    far = await networkOf(two, guestOf(red, 8).name);
    await lease(near, '10.1.1.7');
    await lease(far, '10.1.1.8');
    expect(await far.ping('10.1.1.1')).toBe(true);
    expect(await far.ping('203.0.113.254')).toBe(true);
    expect(await near.ping('10.1.1.8')).toBe(true);
  });

  it('tells its guests the MTU, and passes that much and no more', async () => {
    expect(await far.run(['ip', '-o', 'link', 'show', 'dev', 'eth0'])).toContain(` mtu ${mtu} `);
    expect(await pingOf(near, '10.1.1.8', mtu)).toBe(true);
    expect(await pingOf(far, '10.1.1.7', mtu)).toBe(true);
    // Guests that ignore what they were told get nothing larger through either.
    await near.run(['ip', 'link', 'set', 'eth0', 'mtu', '1500']);
    await far.run(['ip', 'link', 'set', 'eth0', 'mtu', '1500']);
    expect(await pingOf(near, '10.1.1.8', mtu + 1)).toBe(false);
    expect(await pingOf(near, '10.1.1.8', mtu)).toBe(true);
    await near.run(['ip', 'link', 'set', 'eth0', 'mtu', String(mtu)]);
    await far.run(['ip', 'link', 'set', 'eth0', 'mtu', String(mtu)]);
  });

  it('keeps its frames from another with the same addresses', async () => {
    await span(30_001);
    const boot = routerConfig(blue, { number: 2, host: 7 });
    const { hosts } = routerConfig(blue, { number: 2, host: 9 }).collections;
    const both = { ...boot.collections, hosts: [...boot.collections.hosts, ...hosts] };
    await two.agent.call('startRouter', routerSpec(blue, 2), { ...boot, collections: both });
    await one.agent.call('startGuest', guestOf(blue, 9));
    const other = await networkOf(one, guestOf(blue, 9).name);
    await lease(other, '10.1.1.9');
    expect(await other.ping('10.1.1.1')).toBe(true);
    const seen = await other.captured('host 10.1.1.7 or host 10.1.1.8', async () => {
      await near.run(['ping', '-c', '2', '-i', '0.2', '10.1.1.8']);
      await far.tryRun(['ping', '-b', '-c', '2', '-i', '0.2', '10.1.1.255']);
      expect(await near.ping('10.1.1.9')).toBe(false);
    });
    expect(seen).toEqual([]);
    await one.agent.call('destroyGuest', guestOf(blue, 9).id);
    await two.agent.call('destroyRouter', routerSpec(blue, 2).id);
    // The filter goes by host: while two share any segment, each takes frames of the other.
    for (const { agent } of [one, two]) await agent.call('removeSegment', segment(30_001, []));
  });

  it('is cut off from a host that is no peer any more, and reached again when it is one', async () => {
    await one.agent.call('ensureSegment', segment(30_000, []));
    expect(await near.ping('10.1.1.8')).toBe(false);
    expect(await far.ping('10.1.1.7')).toBe(false);
    await span(30_000);
    await until('the other host', () => near.ping('10.1.1.8'));
    expect(await far.ping('10.1.1.7')).toBe(true);
  });

  it('is put right after changes by hand', async () => {
    const found = await one.host.run(['ip', '-brief', 'link', 'show', 'type', 'vxlan']);
    const device =
      found
        .split('\n')
        .find(line => line.includes('e'))
        ?.split(/\s/)[0] ?? '';
    const damages = [
      ['ip', 'link', 'del', device],
      ['ip', 'link', 'set', device, 'down'],
      ['ip', 'link', 'set', device, 'nomaster'],
      ['ip', 'link', 'set', device, 'mtu', '1000'],
      ['bridge', 'fdb', 'del', '00:00:00:00:00:00', 'dev', device, 'dst', addresses.two],
      ['bridge', 'fdb', 'append', '00:00:00:00:00:00', 'dev', device, 'dst', '192.0.2.99'],
    ];
    for (const damage of damages) {
      await one.host.run(damage);
      await one.agent.call('ensureSegment', segment(30_000, [addresses.two]));
      const fdb = await one.host.run(['bridge', 'fdb', 'show', 'dev', device]);
      expect(fdb, damage.join(' ')).not.toContain('192.0.2.99');
      await until(damage.join(' '), () => pingOf(near, '10.1.1.8', mtu));
    }
  });
});

describe('a segment whose link went', () => {
  it('is whole again without being asked for', async () => {
    const found = await two.host.run(['ip', '-brief', 'link', 'show', 'type', 'vxlan']);
    const device = found.split(/\s/)[0] ?? '';
    const near = await networkOf(one, guestOf(red, 7).name);
    await two.host.run(['ip', 'link', 'del', device]);
    expect(await near.ping('10.1.1.8')).toBe(false);
    await two.agent.call('inventory');
    await until('the link', () => near.ping('10.1.1.8'));
  });
});

describe('frames from elsewhere', () => {
  /** A VXLAN device of somebody on the underlay who knows the identifier. */
  const listening = ['type', 'vxlan', 'id', '30000', 'dstport', '4789', 'dev', underlayInterface];

  it('are not taken from who is no peer', async () => {
    await stranger.run(['ip', 'link', 'add', 'eth0', ...listening, 'remote', addresses.one]);
    await stranger.run(['ip', 'link', 'set', 'eth0', 'mtu', String(mtu), 'up']);
    await stranger.run(['ip', 'addr', 'add', '10.1.1.66/24', 'dev', 'eth0']);
    // It need not ask for its victim's MAC: every ping is a frame at once.
    const { mac = '' } = guestOf(red, 7).nics[0] ?? {};
    await stranger.run(['ip', 'neigh', 'add', '10.1.1.7', 'lladdr', mac, 'dev', 'eth0']);
    const victim = await networkOf(one, guestOf(red, 7).name);
    const attack = (): Promise<unknown> =>
      stranger.tryRun(['ping', '-c', '2', '-i', '0.3', '-W', '1', '10.1.1.7']);
    expect(await victim.captured('host 10.1.1.66', attack)).toEqual([]);
    // As a peer it gets through: what kept it out is the filter.
    const peers = [addresses.two, addresses.stranger];
    await one.agent.call('ensureSegment', segment(30_000, peers));
    expect(await victim.captured('host 10.1.1.66', attack)).not.toEqual([]);
    await one.agent.call('ensureSegment', segment(30_000, [addresses.two]));
    expect(await victim.captured('host 10.1.1.66', attack)).toEqual([]);
  });

  it('are not taken after somebody flushed the rules, either', async () => {
    await one.host.run(['nft', 'flush', 'ruleset']);
    await until('the rules', async () =>
      (await one.host.run(['nft', 'list', 'ruleset'])).includes(`ip saddr != ${addresses.two}`),
    );
    const victim = await networkOf(one, guestOf(red, 7).name);
    expect(
      await victim.captured('host 10.1.1.66', () =>
        stranger.tryRun(['ping', '-c', '2', '-i', '0.3', '-W', '1', '10.1.1.7']),
      ),
    ).toEqual([]);
  });
});

describe('a host that cannot carry a segment', () => {
  it('says so when its underlay is too small, and makes nothing', async () => {
    const jumbo = { ...segment(30_002, [addresses.two]), mtu: 1451 };
    await expect(one.agent.call('ensureSegment', jumbo)).rejects.toThrow(
      `underlay_mtu: Resource Unavailable: interface ${underlayInterface} has MTU 1500, and segment VXLAN 30002 needs 1501`,
    );
    const { segments } = await one.agent.call('inventory');
    expect(segments.map(({ id }) => id)).not.toContain(30_002);
  });

  it('carries jumbo frames as soon as the underlay does', async () => {
    const jumbo = { ...segment(30_002, [addresses.two]), mtu: 8950 };
    await one.host.run(['ip', 'link', 'set', underlayInterface, 'mtu', '9000']);
    expect((await one.agent.call('facts')).underlay).toEqual({
      address: addresses.one,
      mtu: 9000,
    });
    await one.agent.call('ensureSegment', jumbo);
    await one.agent.call('removeSegment', jumbo);
    await one.host.run(['ip', 'link', 'set', underlayInterface, 'mtu', '1500']);
  });

  it('names the interface that is down or missing, and what to do', async () => {
    await one.host.run(['ip', 'link', 'set', underlayInterface, 'down']);
    await expect(one.agent.call('ensureSegment', segment(30_003, []))).rejects.toThrow(
      `interface ${underlayInterface} for the underlay is down: ip link set dev ${underlayInterface} up`,
    );
    await one.host.run(['ip', 'link', 'set', underlayInterface, 'up']);
    const absent: SegmentSpec = { ...segment(300, []), isolation: 'VLAN', label: 'bond9' };
    await expect(one.agent.call('ensureSegment', absent)).rejects.toThrow(
      'the host has no interface bond9 for VLAN 300',
    );
  });

  it('keeps a segment while ports are in it, and removes all of it after', async () => {
    await expect(one.agent.call('removeSegment', segment(30_000, []))).rejects.toThrow('in_use');
    await one.agent.call('destroyGuest', guestOf(red, 7).id);
    await one.agent.call('destroyRouter', routerSpec(red, 1).id);
    await one.agent.call('removeSegment', segment(30_000, []));
    expect((await one.agent.call('inventory')).segments).toEqual([]);
    const links = await one.host.run(['ip', '-brief', 'link', 'show']);
    expect(links).not.toMatch(/vxlan|i[0-9a-f]{6}[nqxe]/);
  });
});
