import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeIpBatch } from './ip-batch.ts';

describe('encodeIpBatch', () => {
  it('writes a line for each command', () => {
    expect(
      encodeIpBatch([
        ['link', 'set', 'dev', 'i1', 'up'],
        ['address', 'add', '169.254.0.1/16'],
      ]),
    ).toBe('link set dev i1 up\naddress add 169.254.0.1/16\n');
  });

  it('refuses every word that would be read as anything but one word', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        if (/^[A-Za-z0-9._:/@-]+$/.test(text)) expect(encodeIpBatch([[text]])).toBe(`${text}\n`);
        else expect(() => encodeIpBatch([[text]])).toThrow();
      }),
    );
  });
});
