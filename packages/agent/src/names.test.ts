import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { installationId, macFor, namesOf } from './names.ts';

const names = namesOf(installationId('/var/lib/isola'));
const segments = fc.oneof(
  fc.record({ isolation: fc.constant('VLAN' as const), id: fc.integer({ min: 1, max: 4094 }) }),
  fc.record({
    isolation: fc.constant('VXLAN' as const),
    id: fc.integer({ min: 1, max: 2 ** 24 - 1 }),
  }),
);

describe('names', () => {
  it('fit an interface’s 15 characters and are told apart again', () => {
    fc.assert(
      fc.property(fc.uuid(), segments, (id, segment) => {
        const { host, inner } = names.cable(id, 'eth0');
        const links = [
          host,
          inner,
          names.segment(segment),
          names.segmentUplink(segment),
          names.controlBridge,
          names.publicBridge,
        ];
        expect(Math.max(...links.map(link => link.length))).toBeLessThanOrEqual(15);
        expect(new Set(links).size).toBe(links.length);
        expect(links.map(names.isCable)).toEqual([true, true, ...Array(4).fill(false)]);
        expect(links.map(names.segmentOf)).toEqual([null, null, segment, segment, null, null]);
        expect(links.filter(names.isSegmentUplink)).toEqual([names.segmentUplink(segment)]);
        expect(names.instanceOf(names.instance(id))).toBe(id);
      }),
    );
  });

  it('of one installation are not those of another', () => {
    const other = namesOf(installationId('/srv/isola'));
    expect(other.id).not.toBe(names.id);
    expect(other.isCable(names.cable('a', 'eth0').host)).toBe(false);
    expect(other.segmentOf(names.segment({ isolation: 'VLAN', id: 5 }))).toBeNull();
    expect(other.instanceOf(names.instance('a'))).toBeNull();
  });

  it('give locally administered MACs of single stations', () => {
    expect(macFor('x')).toMatch(/^02(?::[0-9a-f]{2}){5}$/);
  });
});
