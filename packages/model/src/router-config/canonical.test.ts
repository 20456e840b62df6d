import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalCidrs } from './canonical.ts';
import { canonicalJson } from './canonical-json.ts';

describe('canonical forms', () => {
  it('of blocks clear host bits, sort and drop duplicates', () => {
    expect(canonicalCidrs(['10.1.1.7/24', '10.1.1.0/24', '0.0.0.0/0', '10.0.0.1'])).toEqual([
      '0.0.0.0/0',
      '10.0.0.1/32',
      '10.1.1.0/24',
    ]);
  });

  it('of JSON do not depend on the order of keys, and parse back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
        const text = canonicalJson(value);
        const shuffled = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(shuffled)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
