import { createHash } from 'node:crypto';
import { IsolaError } from '@isola/model';
import { sshStrings } from './wire.ts';

export interface PublicKey {
  /** The line for `authorized_keys`: type, key, comment; no options. */
  readonly line: string;
  /** MD5 of the key, in hexadecimal pairs joined by colons, as CloudStack shows it. */
  readonly fingerprint: string;
}

/** Bits of a modulus and bytes of a point, by which a key of each type is checked. */
const shapes: Readonly<Record<string, (parts: readonly Buffer[]) => boolean>> = {
  'ssh-rsa': parts => parts.length === 3 && isExponent(parts[1]) && isModulus(parts[2]),
  'ssh-ed25519': parts => parts.length === 2 && parts[1]?.length === 32,
  'ecdsa-sha2-nistp256': parts => isPoint(parts, 'nistp256', 65),
  'ecdsa-sha2-nistp384': parts => isPoint(parts, 'nistp384', 97),
  'ecdsa-sha2-nistp521': parts => isPoint(parts, 'nistp521', 133),
};

/** Reads a public key as it stands in `authorized_keys`. 431 for anything else: it ends up in that file of a guest. */
export function parsePublicKey(text: string): PublicKey {
  const match = /^([a-z0-9-]+) ([A-Za-z0-9+/]+={0,2})(?: ([\x20-\x7e]*))?$/.exec(text.trim());
  const [, type = '', encoded = '', comment = ''] = match ?? [];
  const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (shape === undefined) throw invalid();
  const blob = Buffer.from(encoded, 'base64');
  const parts = sshStrings(blob);
  if (parts === null || parts[0]?.toString('latin1') !== type || !shape(parts)) throw invalid();
  return publicKey(blob, { type, comment: comment.trim() });
}

/** A key in SSH's binary format with what stands beside it in `authorized_keys`. */
export function publicKey(blob: Buffer, about: { type: string; comment: string }): PublicKey {
  const words = [about.type, blob.toString('base64'), about.comment];
  const digest = createHash('md5').update(blob).digest('hex');
  return {
    line: words.filter(word => word !== '').join(' '),
    fingerprint: digest.replace(/..(?!$)/g, '$&:'),
  };
}

function isPoint(parts: readonly Buffer[], curve: string, length: number): boolean {
  const [, name, point] = parts;
  return (
    parts.length === 3 &&
    name?.toString('latin1') === curve &&
    point?.length === length &&
    point[0] === 4
  );
}

function isModulus(number: Buffer | undefined): boolean {
  return isPositiveOdd(number) && bits(number) >= 1024 && bits(number) <= 16_384;
}

/** OpenSSL takes none of more than 64 bits with a large modulus; 1 would encrypt nothing. */
function isExponent(number: Buffer | undefined): boolean {
  return isPositiveOdd(number) && bits(number) >= 2 && bits(number) <= 64;
}

function isPositiveOdd(number: Buffer | undefined): boolean {
  return ((number?.at(0) ?? 0x80) & 0x80) === 0 && ((number?.at(-1) ?? 0) & 1) === 1;
}

function bits(number: Buffer | undefined): number {
  const first = number?.findIndex(byte => byte !== 0) ?? -1;
  if (number === undefined || first === -1) return 0;
  return (number.length - first) * 8 - Math.clz32(number[first] ?? 0) + 24;
}

function invalid(): IsolaError {
  return new IsolaError('refused_value', {
    reason: 'publickey is not an OpenSSH public key of type RSA, Ed25519 or ECDSA',
  });
}
