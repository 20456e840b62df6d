import { execFileSync } from 'node:child_process';
import type { SegmentSpec } from '@isola/agent-protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { namesOf } from '../names.ts';
import { run } from '../process/run.ts';
import { ipBatch, removeLinks } from './ip-batch.ts';
import { readLink } from './link-state.ts';
import { ensureSegment, listSegments, removeSegment } from './segments.ts';

const names = namesOf('ibtest');
const trunk = 'ibtest-trunk';
/** The other end of the trunk: another host. */
const far = 'ibtest-far';
const host = { names, guestInterface: trunk, underlay: null };

const segment = (id: number, mtu = 1500): SegmentSpec => ({
  isolation: 'VLAN',
  id,
  label: null,
  mtu,
  peers: [],
});

describe.skipIf(!kernelHas('vlan'))('segments of VLANs', () => {
  beforeAll(async () => {
    await run('ip', ['netns', 'add', far]);
  });
  afterAll(async () => {
    await run('ip', ['netns', 'del', far]);
  });

  /** Two tenants may have the same addresses there, too: a namespace each. */
  const stationOf = (tag: number): string => `ibtest-s${tag}`;

  /** A trunk to the other host, which has a station with `address` in VLAN `tag`. */
  async function connect(tag: number, address: string): Promise<void> {
    if ((await readLink(trunk)) === null) {
      const there = ['peer', 'name', trunk, 'netns', far];
      await ipBatch([['link', 'add', 'name', trunk, 'type', 'veth', ...there]]);
      await ipBatch([['link', 'set', 'dev', trunk, 'up']]);
      await run('ip', ['-n', far, 'link', 'set', trunk, 'up']);
    }
    const station = stationOf(tag);
    await run('ip', ['netns', 'add', station]);
    const vlan = ['name', 'vlan', 'netns', station, 'type', 'vlan', 'id', String(tag)];
    await run('ip', ['-n', far, 'link', 'add', 'link', trunk, ...vlan]);
    await run('ip', ['-n', station, 'addr', 'add', address, 'dev', 'vlan']);
    await run('ip', ['-n', station, 'link', 'set', 'vlan', 'up']);
  }

  /** A guest in a namespace of its own, with a cable to the segment. */
  async function guest(id: number, address: string): Promise<string> {
    const name = `ibtest-g${id}`;
    await run('ip', ['netns', 'add', name]);
    const there = ['peer', 'name', 'eth0', 'netns', name];
    await ipBatch([
      ['link', 'add', 'name', `ibtest-p${id}`, 'type', 'veth', ...there],
      ['link', 'set', 'dev', `ibtest-p${id}`, 'master', names.segment(segment(id)), 'up'],
    ]);
    await run('ip', ['-n', name, 'addr', 'add', address, 'dev', 'eth0']);
    await run('ip', ['-n', name, 'link', 'set', 'eth0', 'up']);
    return name;
  }

  async function pings(from: string, address: string, size = 56): Promise<boolean> {
    const ping = ['ping', '-c', '2', '-i', '0.2', '-W', '1', '-M', 'do', '-s', String(size)];
    return run('ip', ['netns', 'exec', from, ...ping, address]).then(
      () => true,
      () => false,
    );
  }

  afterEach(async () => {
    for (const id of [100, 200]) {
      await removeLinks([`ibtest-p${id}`]);
      for (const name of [`ibtest-g${id}`, stationOf(id)])
        await run('ip', ['netns', 'del', name]).catch(() => undefined);
      await removeSegment(names, segment(id));
    }
    await removeLinks([trunk]);
    expect(await listSegments(names)).toEqual([]);
  });

  it('reach the other host tagged, and each only its own', async () => {
    await connect(100, '10.1.1.1/24');
    await connect(200, '10.1.1.2/24');
    await ensureSegment(host, segment(100));
    await ensureSegment(host, segment(200));
    const one = await guest(100, '10.1.1.7/24');
    const two = await guest(200, '10.1.1.7/24');
    expect(await pings(one, '10.1.1.1')).toBe(true);
    expect(await pings(two, '10.1.1.2')).toBe(true);
    expect(await pings(one, '10.1.1.2')).toBe(false);
    expect(await pings(two, '10.1.1.1')).toBe(false);
    expect(await listSegments(names)).toEqual([
      { isolation: 'VLAN', id: 100 },
      { isolation: 'VLAN', id: 200 },
    ]);
    const uplink = await readLink(names.segmentUplink(segment(100)));
    expect(uplink).toMatchObject({ kind: 'vlan', parent: trunk, up: true, mtu: 1500 });
    expect(uplink?.vlan).toEqual({ tag: 100, protocol: '802.1Q' });
    const addresses = await run('ip', ['-6', 'addr', 'show', 'dev', uplink?.name ?? '']);
    expect(addresses).toBe('');
    // Cut off while guests are in it is what removal must not do.
    await expect(removeSegment(names, segment(100))).rejects.toMatchObject({ code: 'in_use' });
    expect(await pings(one, '10.1.1.1')).toBe(true);
  });

  it('are put right after changes by hand', async () => {
    await connect(100, '10.1.1.1/24');
    await ensureSegment(host, segment(100));
    const one = await guest(100, '10.1.1.7/24');
    const uplink = names.segmentUplink(segment(100));
    const other = ['link', 'add', 'link', trunk, 'name', uplink, 'type', 'vlan', 'id', '300'];
    for (const damage of [
      [['link', 'del', 'dev', uplink]],
      [['link', 'set', 'dev', uplink, 'down']],
      [['link', 'set', 'dev', uplink, 'nomaster']],
      [['link', 'set', 'dev', uplink, 'mtu', '1000']],
      [['link', 'del', 'dev', uplink], other],
    ]) {
      await ipBatch(damage);
      await ensureSegment(host, segment(100));
      expect(await pings(one, '10.1.1.1', 1472), JSON.stringify(damage)).toBe(true);
    }
  });

  it('carry jumbo frames as far as their interface does', async () => {
    await connect(100, '10.1.1.1/24');
    await expect(ensureSegment(host, segment(100, 9000))).rejects.toMatchObject({
      code: 'underlay_mtu',
    });
    expect(await listSegments(names)).toEqual([]);
    await ipBatch([['link', 'set', 'dev', trunk, 'mtu', '9000']]);
    await run('ip', ['-n', far, 'link', 'set', trunk, 'mtu', '9000']);
    await run('ip', ['-n', stationOf(100), 'link', 'set', 'vlan', 'mtu', '9000']);
    await ensureSegment(host, segment(100));
    const one = await guest(100, '10.1.1.7/24');
    // A cable that is in already follows.
    await ensureSegment(host, segment(100, 9000));
    await run('ip', ['-n', one, 'link', 'set', 'eth0', 'mtu', '9000']);
    expect(await pings(one, '10.1.1.1', 8972)).toBe(true);
  });

  it('lose their link when the host is to keep them, and say which interface is missing', async () => {
    await connect(100, '10.1.1.1/24');
    await ensureSegment(host, segment(100));
    await ensureSegment({ ...host, guestInterface: null }, segment(100));
    expect(await readLink(names.segmentUplink(segment(100)))).toBeNull();
    await ipBatch([['link', 'set', 'dev', trunk, 'down']]);
    await expect(ensureSegment(host, segment(200))).rejects.toThrow(`ip link set dev ${trunk} up`);
    await expect(ensureSegment({ ...host, guestInterface: 'none0' }, segment(200))).rejects.toThrow(
      'no interface none0 for VLAN 200',
    );
  });
});

describe.skipIf(kernelHas('vlan'))('a kernel without 802.1Q', () => {
  afterEach(async () => {
    await removeLinks([trunk]);
    await removeSegment(names, segment(100));
  });

  it('is named as what is missing', async () => {
    await ipBatch([
      ['link', 'add', 'name', trunk, 'type', 'veth', 'peer', 'name', 'ibtest-end'],
      ['link', 'set', 'dev', 'ibtest-end', 'up'],
      ['link', 'set', 'dev', trunk, 'up'],
    ]);
    await expect(ensureSegment(host, segment(100))).rejects.toThrow(
      `interface ${trunk} cannot have VLAN 100: the kernel has no 802.1Q (modprobe 8021q)`,
    );
    expect(await listSegments(names)).toEqual([]);
  });
});

function kernelHas(kind: 'vlan'): boolean {
  const link = ['link', 'add', 'link', 'lo', 'name', 'probe', 'type', kind, 'id', '2'];
  try {
    execFileSync('unshare', ['--net', 'ip', ...link], { stdio: 'pipe' });
    return true;
  } catch (error) {
    // Tags on a loopback are refused by a kernel that has them.
    return !String(error).includes('Unknown device type');
  }
}
