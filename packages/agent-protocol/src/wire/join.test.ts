import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeJoinToken, encodeJoinToken } from './join.ts';

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map(value => Buffer.from(value).toString('hex'));
const token = fc.record({ id: fc.uuid(), secret: hex(32), authority: hex(32) });

it('a join token comes out as it went in', () => {
  fc.assert(
    fc.property(token, value => {
      const text = encodeJoinToken(value);
      expect(text).toMatch(/^[\w-]+$/);
      expect(decodeJoinToken(` ${text}\n`)).toEqual(value);
    }),
  );
});

it('a part of a token, or anything else, is refused', () => {
  fc.assert(
    fc.property(token, fc.nat(), (value, at) => {
      const text = encodeJoinToken(value);
      expect(() => decodeJoinToken(text.slice(0, at % text.length))).toThrow('join token');
    }),
  );
  fc.assert(
    fc.property(fc.string(), text => {
      expect(() => decodeJoinToken(text)).toThrow('join token');
    }),
  );
});
