import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalString, canonicalStrings } from './signature.ts';
import { signedUrl } from './signed-url.ts';

const hmac = (key: string, text: string): string =>
  createHmac('sha1', key).update(text).digest('base64');

/** Recorded with Debian's unmodified python3-cs and python3-libcloud. */
interface Vectors {
  readonly secretKey: string;
  readonly signed: readonly {
    readonly client: string;
    readonly params: Readonly<Record<string, string>>;
    readonly signature: string;
  }[];
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('./signature.vectors.json', import.meta.url), 'utf8'),
);

const params = fc.dictionary(
  fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9[\].]{0,12}$/),
  fc.string({ unit: 'grapheme' }),
);

describe('signatures of unmodified clients', () => {
  test.each(vectors.signed.map((vector, index) => ({ ...vector, index })))(
    '$client, request $index',
    ({ params: sent, signature }) => {
      const accepted = canonicalStrings(Object.entries(sent)).map(text =>
        hmac(vectors.secretKey, text),
      );
      expect(accepted).toContain(signature);
    },
  );

  test('a changed value is not accepted', () => {
    for (const { params: sent, signature } of vectors.signed) {
      const changed = Object.entries({ ...sent, command: 'listZones' });
      const accepted = canonicalStrings(changed).map(text => hmac(vectors.secretKey, text));
      expect(accepted).not.toContain(signature);
    }
  });
});

describe('canonicalString', () => {
  test('sorts, encodes as CloudStack and lowers', () => {
    const pairs: [string, string][] = [
      ['response', 'json'],
      ['command', 'listVirtualMachines'],
      ['apiKey', 'AB'],
      ['name', 'a b*~'],
      ['signature', 'x'],
    ];
    expect(canonicalString(pairs)).toBe(
      'apikey=ab&command=listvirtualmachines&name=a%20b*%7e&response=json',
    );
  });

  test('equals an independent computation', () => {
    fc.assert(
      fc.property(params, sent => {
        const names = Object.keys(sent)
          .filter(name => name.toLowerCase() !== 'signature')
          .toSorted();
        const expected = names
          .map(name => `${name}=${javaEncode(sent[name] ?? '')}`)
          .join('&')
          .toLowerCase();
        expect(canonicalString(Object.entries(sent))).toBe(expected);
      }),
    );
  });

  test('neither the order nor later duplicates of the parameters matter', () => {
    fc.assert(
      fc.property(params, sent => {
        const pairs = Object.entries(sent);
        const repeated = [...pairs, ...pairs.map(([name]): [string, string] => [name, 'other'])];
        expect(canonicalString(pairs.toReversed())).toBe(canonicalString(pairs));
        expect(canonicalString(repeated)).toBe(canonicalString(pairs));
      }),
    );
  });

  test('one parameter never passes for two', () => {
    expect(canonicalStrings([['a=1&b', '2']])).not.toContain(
      canonicalString([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
  });

  test('takes any text, half of a surrogate pair too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))),
        pairs => {
          expect(canonicalStrings(pairs)[0]).toBe(canonicalString(pairs));
        },
      ),
    );
    expect(canonicalString([['a', '\ud800']])).toBe('a=%ef%bf%bd');
  });
});

test('a signed URL verifies after it was parsed', async () => {
  await fc.assert(
    fc.asyncProperty(params, async sent => {
      const signing = { credentials: { apiKey: 'k', secretKey: 's' }, hmac };
      const clean = Object.fromEntries(
        Object.entries(sent).filter(
          ([name]) => !['apikey', 'signature'].includes(name.toLowerCase()),
        ),
      );
      const url = new URL(await signedUrl('http://127.0.0.1:8080/client/api', clean, signing));
      const pairs = [...url.searchParams];
      expect(hmac('s', canonicalString(pairs))).toBe(url.searchParams.get('signature'));
    }),
  );
});

/** Byte by byte, as `java.net.URLEncoder` with `%20`. */
function javaEncode(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map(byte => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9.\-*_]/.test(character)
        ? character
        : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
    })
    .join('');
}
