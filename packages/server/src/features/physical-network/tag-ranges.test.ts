import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTagRange, parseTagRanges } from './tag-ranges.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 12 }))
  .map(([first, more]) => ({ first, last: first + more }));

const tagsOf = (ranges: readonly { first: number; last: number }[]) =>
  new Set(
    ranges.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, n) => first + n),
    ),
  );

test('ranges hold exactly the tags that were named, apart from each other and in order', () => {
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 8 }), asked => {
      const ranges = parseTagRanges(asked.map(formatTagRange).join(','), 'VLAN');
      expect(tagsOf(ranges)).toEqual(tagsOf(asked));
      for (const [place, one] of ranges.slice(1).entries())
        expect(one.first).toBeGreaterThan((ranges[place]?.last ?? Infinity) + 1);
      expect(parseTagRanges(ranges.map(formatTagRange).join(','), 'VLAN')).toEqual(ranges);
    }),
  );
});

test.each(['0-5', '5-4', '4095', '1-4095', 'a-b', '1-2-3', '-5', '1,,2', '1 - 2', '99999999999'])(
  'refuses %s',
  text => {
    expect(() => parseTagRanges(text, 'VLAN')).toThrow(expect.objectContaining({ status: 431 }));
  },
);

test('an empty text names no tags; VXLAN has more of them', () => {
  expect(parseTagRanges('', 'VLAN')).toEqual([]);
  expect(parseTagRanges('5000-16777215', 'VXLAN')).toEqual([{ first: 5000, last: 16_777_215 }]);
});
