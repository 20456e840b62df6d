import { formatIpv4 } from '@isola/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, boxContains, boxesOverlap, type Field, formatBox, parseBox } from './box.ts';

const fields: readonly Field[] = ['ipv4_addr', 'inet_proto', 'inet_service', 'ipv4_addr'];
const interval = (max: number): fc.Arbitrary<[number, number]> =>
  fc
    .tuple(fc.integer({ min: 0, max }), fc.integer({ min: 0, max }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
const block = fc
  .tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]): [number, number] => {
    const size = 2 ** (32 - prefix);
    const first = Math.floor(address / size) * size;
    return [first, first + size - 1];
  });
const box: fc.Arbitrary<Box> = fc.tuple(
  fc.oneof(block, interval(0xffffffff)),
  interval(255),
  interval(65535),
  block,
);

describe('keys of sets', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(box, value => {
        expect(parseBox(fields, formatBox(fields, value))).toEqual(value);
      }),
    );
  });

  it('have one form, whether a block is written as such or as a range', () => {
    fc.assert(
      fc.property(block, ([first, last]) => {
        const text = `${formatIpv4(first)}-${formatIpv4(last)}`;
        const parsed = parseBox(['ipv4_addr'], text);
        expect(parsed).toEqual([[first, last]]);
        expect(formatBox(['ipv4_addr'], parsed ?? [])).toBe(
          formatBox(['ipv4_addr'], [[first, last]]),
        );
      }),
    );
  });

  it('overlap when and only when a point lies in both', () => {
    const small: fc.Arbitrary<Box> = fc.tuple(interval(3), interval(3));
    fc.assert(
      fc.property(small, small, (a, b) => {
        const points = [0, 1, 2, 3].flatMap(x => [0, 1, 2, 3].map(y => [x, y]));
        const shared = points.some(point => boxContains(a, point) && boxContains(b, point));
        expect(boxesOverlap(a, b)).toBe(shared);
      }),
    );
  });

  it('of other forms are refused', () => {
    for (const text of [
      '1.2.3.4',
      '1.2.3.4 . x . 80 . 0.0.0.0/0',
      '1.2.3.4 . 6 . 70000 . 0.0.0.0/0',
      '1.2.3.4 . 6 . 9-8 . 0.0.0.0/0',
      '1.2.3 . 6 . 8 . 0.0.0.0/0',
    ]) {
      expect(parseBox(fields, text)).toBeNull();
    }
  });
});
