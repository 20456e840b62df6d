import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FdbEntry, parseFdb } from './fdb.ts';
import { parseLinks } from './link-state.ts';
import { peerCommands } from './vxlan.ts';

/** What iproute2 6.1 and 6.15 print, but for the fields that nobody reads. */
const vlanLink = {
  ifname: 'i66fecbq100',
  link: 'enp1s0',
  flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
  mtu: 1500,
  master: 'i66fecbn100',
  operstate: 'UP',
  linkinfo: {
    info_kind: 'vlan',
    info_data: { protocol: '802.1Q', id: 100, flags: ['REORDER_HDR'] },
    info_slave_kind: 'bridge',
  },
};
const vxlanLink = {
  ifname: 'i66fecbe25',
  flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
  mtu: 1450,
  master: 'i66fecbx25',
  linkinfo: {
    info_kind: 'vxlan',
    info_data: { id: 77, local: '192.0.2.1', link: 'bond0', port: 4789, learning: true, ttl: 64 },
  },
};
const nic = { ifname: 'enp1s0', flags: ['BROADCAST', 'MULTICAST'], mtu: 9000, operstate: 'DOWN' };

describe('parseLinks', () => {
  it('reads sub-interfaces, VXLAN devices and hardware', () => {
    expect(parseLinks(JSON.stringify([vlanLink, vxlanLink, nic, {}]))).toEqual([
      {
        name: 'i66fecbq100',
        kind: 'vlan',
        up: true,
        carrier: true,
        mtu: 1500,
        master: 'i66fecbn100',
        parent: 'enp1s0',
        vlan: { tag: 100, protocol: '802.1Q' },
        vxlan: null,
      },
      {
        name: 'i66fecbe25',
        kind: 'vxlan',
        up: true,
        carrier: true,
        mtu: 1450,
        master: 'i66fecbx25',
        parent: null,
        vlan: null,
        vxlan: {
          id: 77,
          local: '192.0.2.1',
          parent: 'bond0',
          port: 4789,
          group: null,
          ttl: 64,
        },
      },
      {
        name: 'enp1s0',
        kind: null,
        up: false,
        carrier: false,
        mtu: 9000,
        master: null,
        parent: null,
        vlan: null,
        vxlan: null,
      },
    ]);
    expect(parseLinks('')).toEqual([]);
  });

  it('reads a device of a multicast group, and hops that are not a number', () => {
    const data = { id: 1, group: '239.1.1.1', port: 8472, ttl: 'inherit' };
    const text = JSON.stringify([
      { ifname: 'x', linkinfo: { info_kind: 'vxlan', info_data: data } },
    ]);
    expect(parseLinks(text)[0]?.vxlan).toMatchObject({ group: '239.1.1.1', port: 8472, ttl: null });
  });
});

describe('peers of a VXLAN device', () => {
  const everything = '00:00:00:00:00:00';
  const address = fc.integer({ min: 1, max: 6 }).map(last => `192.0.2.${last}`);
  const mac = fc.constantFrom(everything, '02:00:00:00:00:01', '02:00:00:00:00:02');
  const entry = fc.record({
    mac,
    device: fc.constant(''),
    destination: fc.option(address),
  });
  const entries = fc.uniqueArray(entry, { selector: one => `${one.mac} ${one.destination}` });

  it('are exactly those named, whatever the device had, and twice is once', () => {
    fc.assert(
      fc.property(fc.array(address), entries, (peers, before) => {
        const after: FdbEntry[] = before.filter(
          one =>
            !peerCommands({ name: 'vx', peers }, before).some(
              ([, verb, each, , , , to]) =>
                verb === 'del' && each === one.mac && to === one.destination,
            ),
        );
        for (const [, verb, each = '', , , , destination = ''] of peerCommands(
          { name: 'vx', peers },
          before,
        ))
          if (verb === 'append') after.push({ mac: each, device: '', destination });
        const flooded = after.filter(one => one.mac === everything && one.destination !== null);
        expect(flooded).toHaveLength(new Set(peers).size);
        expect(new Set(flooded.map(one => one.destination))).toEqual(new Set(peers));
        for (const { destination } of after)
          if (destination !== null) expect(peers).toContain(destination);
        // What was learnt of peers that stay is kept.
        for (const one of before)
          if (one.destination === null || peers.includes(one.destination))
            expect(after).toContain(one);
        expect(peerCommands({ name: 'vx', peers }, after)).toEqual([]);
      }),
    );
  });

  it('are read as bridge prints them', () => {
    const text =
      '[{"mac":"12:bb:05:84:b1:da","flags":[],"master":"br","state":"permanent"},{"mac":"00:00:00:00:00:00","ifname":"vx","dst":"192.0.2.2","flags":["self"],"state":"permanent"}]';
    expect(parseFdb(text)).toEqual([
      { mac: '12:bb:05:84:b1:da', device: '', destination: null },
      { mac: everything, device: 'vx', destination: '192.0.2.2' },
    ]);
    expect(parseFdb('')).toEqual([]);
  });
});
