import { constants, createPublicKey, publicEncrypt, randomInt } from 'node:crypto';
import { IsolaError } from '@isola/model';
import { sshStrings } from '../ssh-key-pair/wire.ts';

/** Letters and digits that are not taken for one another. */
const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const passwordLength = 16;
const mostBytes = 128;

/** A random password: 93 bits. */
export function newPassword(): string {
  return Array.from({ length: passwordLength }, () => letters[randomInt(letters.length)]).join('');
}

/** The password that a call asks for, or a random one. 431 for one that a login could not take. */
export function chosenPassword(asked: string | undefined): string {
  if (asked === undefined) return newPassword();
  if (asked === '' || Buffer.byteLength(asked) > mostBytes || /\p{Cc}/u.test(asked))
    throw new IsolaError('refused_value', {
      reason: `password must have 1 to ${mostBytes} bytes and no control characters`,
    });
  return asked;
}

/** Bytes that PKCS #1 v1.5 adds to a text. */
const paddingBytes = 11;

/** Bits that an RSA key must have for `encryptedFor` this text. */
export function fewestBits(text: string): number {
  return (Buffer.byteLength(text) + paddingBytes) * 8;
}

/**
 * The text in base64, encrypted for who has the private key (RSA, PKCS #1 v1.5); `null` for a key of another type, one that is too
 * small for the text, or none that RSA could have. `line` is of `authorized_keys`.
 */
export function encryptedFor(line: string, text: string): string | null {
  const [type, blob = ''] = line.split(' ');
  const parts = sshStrings(Buffer.from(blob, 'base64'));
  const [, exponent, modulus] = parts ?? [];
  if (type !== 'ssh-rsa' || exponent === undefined || modulus === undefined) return null;
  try {
    const key = createPublicKey({
      format: 'jwk',
      key: { kty: 'RSA', e: exponent.toString('base64url'), n: modulus.toString('base64url') },
    });
    const padding = constants.RSA_PKCS1_PADDING;
    return publicEncrypt({ key, padding }, Buffer.from(text)).toString('base64');
  } catch {
    // OpenSSL decides which numbers are a key, and what fits it.
    return null;
  }
}
