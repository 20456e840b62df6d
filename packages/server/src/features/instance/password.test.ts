import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { IsolaError } from '@isola/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePublicKey } from '../ssh-key-pair/public-key.ts';
import { sshNumber, sshString } from '../ssh-key-pair/wire.ts';
import { encryptedFor, fewestBits } from './password.ts';

const lineOf = (type: string, ...parts: Buffer[]): string =>
  `${type} ${Buffer.concat([sshString(type), ...parts]).toString('base64')}`;
const rsaLine = (exponent: Uint8Array, modulus: Uint8Array): string =>
  lineOf('ssh-rsa', sshNumber(exponent), sshNumber(modulus));
const usual = Uint8Array.of(1, 0, 1);

/** What is read of a key, or `null` when it is refused as it must be. */
function read(line: string): string | null {
  try {
    return parsePublicKey(line).line;
  } catch (error) {
    expect(error).toBeInstanceOf(IsolaError);
    return null;
  }
}

test('what is encrypted is read with the private key, as long as it fits', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const line = rsaLine(Buffer.from(e, 'base64url'), Buffer.from(n, 'base64url'));
  for (const length of [1, 16, 117]) {
    const text = 'p'.repeat(length);
    const encrypted = Buffer.from(encryptedFor(line, text) ?? '', 'base64');
    const decrypted = privateDecrypt(
      { key: privateKey, padding: constants.RSA_NO_PADDING },
      encrypted,
    );
    expect(decrypted.subarray(-length).toString()).toBe(text);
    expect(fewestBits(text)).toBeLessThanOrEqual(1024);
  }
  expect(encryptedFor(line, 'p'.repeat(118))).toBeNull();
  expect(fewestBits('p'.repeat(118))).toBeGreaterThan(1024);
});

const odd = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, at) => (at === bytes.length - 1 ? byte | 1 : byte));
const modulus = fc
  .uint8Array({ minLength: 128, maxLength: 512 })
  .map(bytes => odd(Uint8Array.of(0x80, ...bytes.subarray(1))));

test('every RSA key that is registered encrypts what fits it', () => {
  const exponent = fc.uint8Array({ minLength: 1, maxLength: 8 }).map(odd);
  fc.assert(
    fc.property(exponent, modulus, fc.integer({ min: 1, max: 128 }), (e, n, length) => {
      const line = read(rsaLine(e, n));
      // 1 encrypts nothing.
      if (line === null) {
        expect(Buffer.from(e).toString('hex')).toMatch(/^(00)*01$/);
        return;
      }
      const text = 'p'.repeat(length);
      expect(encryptedFor(line, text) !== null).toBe(fewestBits(text) <= n.length * 8);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['an even exponent', rsaLine(Uint8Array.of(2), odd(new Uint8Array(256).fill(0xff)))],
  ['an exponent of 1', rsaLine(Uint8Array.of(1), new Uint8Array(256).fill(0xff))],
  ['no exponent', rsaLine(Uint8Array.of(), new Uint8Array(256).fill(0xff))],
  ['a long exponent', rsaLine(new Uint8Array(9).fill(0xff), new Uint8Array(256).fill(0xff))],
  ['an even modulus', rsaLine(usual, new Uint8Array(256).fill(0xfe))],
  ['a small modulus', rsaLine(usual, new Uint8Array(127).fill(0xff))],
  ['a large modulus', rsaLine(usual, new Uint8Array(2049).fill(0xff))],
  ['a negative modulus', lineOf('ssh-rsa', sshNumber(usual), sshString(Buffer.alloc(256, 0xff)))],
])(
  'a key with %s is refused, and one that is there already encrypts nothing worse than nothing',
  (_, line) => {
    expect(read(line)).toBeNull();
    expect(() => encryptedFor(line, 'text')).not.toThrow();
  },
);

test('no text whatever makes it throw', () => {
  const blob = fc.uint8Array({ maxLength: 300 });
  const parts = fc.array(fc.oneof(blob, modulus), { maxLength: 4 });
  const type = fc.constantFrom('ssh-rsa', 'ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-dss', '');
  fc.assert(
    fc.property(type, parts, blob, (name, strings, rest) => {
      const bytes = Buffer.concat([sshString(name), ...strings.map(sshString), rest]);
      for (const line of [
        `${name} ${bytes.toString('base64')}`,
        `${name} ${Buffer.from(rest).toString('base64')}`,
        lineOf(name, ...strings.map(sshString)),
      ]) {
        read(line);
        encryptedFor(line, 'text');
      }
    }),
  );
  fc.assert(fc.property(fc.string(), text => void read(text)));
});
