import { createHmac } from 'node:crypto';
import { canonicalString } from '@isola/api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isExpired, isSignedBy } from './signature.ts';

const name = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9[\].]{0,12}$/)
  .filter(text => text.toLowerCase() !== 'signature');
const pairs = fc.uniqueArray(fc.tuple(name, fc.string({ unit: 'grapheme' })), {
  selector: ([key]) => key,
});
const hash = fc.constantFrom('sha1', 'sha256', 'sha512');

function signed(sent: readonly [string, string][], key: string, algorithm: string) {
  const signature = createHmac(algorithm, key).update(canonicalString(sent)).digest('base64');
  return [...sent, ['Signature', signature]] as const;
}

describe('isSignedBy', () => {
  test('accepts what the key signed, in any order', () => {
    fc.assert(
      fc.property(pairs, fc.string({ minLength: 1 }), hash, (sent, key, algorithm) => {
        expect(isSignedBy(key, signed(sent, key, algorithm).toReversed())).toBe(true);
      }),
    );
  });

  test('refuses another key, a changed value and an added parameter', () => {
    fc.assert(
      fc.property(pairs, hash, (sent, algorithm) => {
        const good = signed([...sent, ['zone', 'a']], 'key', algorithm);
        expect(isSignedBy('another', good)).toBe(false);
        expect(
          isSignedBy(
            'key',
            good.map(([key, value]) => [key, key === 'zone' ? 'b' : value]),
          ),
        ).toBe(false);
        expect(isSignedBy('key', [...good, ['added-later', '1']])).toBe(false);
      }),
    );
  });

  test.each(['', 'AAAA', 'not base64 at all', 'A'.repeat(400)])('refuses %j', signature => {
    expect(isSignedBy('key', [['signature', signature]])).toBe(false);
  });
});

describe('isExpired', () => {
  const now = new Date('2026-11-22T04:21:13Z');
  test.each([
    ['2026-11-22T04:21:14+0000', false],
    ['2026-11-22T04:21:14Z', false],
    ['2026-11-22T05:21:14+0100', false],
    ['2026-11-22T04:21:12+0000', true],
    ['2026-11-22T04:21:12Z', true],
    ['tomorrow', true],
    ['', true],
  ])('version 3 and expires=%s: %s', (expires, expired) => {
    expect(
      isExpired(
        [
          ['signatureVersion', '3'],
          ['EXPIRES', expires],
        ],
        now,
      ),
    ).toBe(expired);
  });

  test('an expiry counts without the version, none is needed without it', () => {
    expect(isExpired([['expires', '2020-01-01T00:00:00Z']], now)).toBe(true);
    expect(isExpired([], now)).toBe(false);
  });
});
