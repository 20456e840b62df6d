import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import {
  bits,
  boolean,
  explicit,
  flags,
  implicit,
  integer,
  objectId,
  octets,
  sequence,
  set,
  time,
  utf8,
} from './der.ts';

/** What stands in a certificate (X.509 version 3, RFC 5280) besides the key. */
export interface CertificateContent {
  readonly name: string;
  /** DNS names and addresses by which the owner is reached. */
  readonly reachedBy: readonly string[];
  readonly from: Date;
  readonly to: Date;
  /** Whether it signs others. */
  readonly authority: boolean;
}

export interface Issuer {
  readonly name: string;
  /** P-256. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const ids = {
  organization: '2.5.4.10',
  commonName: '2.5.4.3',
  ecdsaSha256: '1.2.840.10045.4.3.2',
  subjectKey: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKey: '2.5.29.35',
  extendedUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** Bits of key usage. Key encipherment means nothing for this kind of key, but libvirt before 10 insists on it. */
const usage = { digitalSignature: 0, keyEncipherment: 2, certificateSign: 5, crlSign: 6 } as const;

/** RFC 5280 allows 64 characters. */
const longestName = 64;
const pointBytes = 65;

/** Makes a certificate in PEM for a public key (P-256), signed by the issuer. */
export function makeCertificate(
  content: CertificateContent,
  publicKey: KeyObject,
  issuer: Issuer,
): string {
  const algorithm = sequence(objectId(ids.ecdsaSha256));
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    // 20 bytes at most, and not negative.
    integer(randomBytes(16)),
    algorithm,
    nameOf(issuer.name),
    sequence(time(content.from), time(content.to)),
    nameOf(content.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(content, publicKey, issuer))),
  );
  const signature = sign('sha256', body, issuer.privateKey);
  return pemOf(sequence(body, algorithm, bits(signature)));
}

function extensions(
  { authority, reachedBy }: CertificateContent,
  publicKey: KeyObject,
  issuer: Issuer,
): readonly Buffer[] {
  const common = [
    extension(ids.basicConstraints, true, authority ? sequence(boolean(true)) : sequence()),
    extension(
      ids.keyUsage,
      true,
      flags(
        authority
          ? [usage.certificateSign, usage.crlSign]
          : [usage.digitalSignature, usage.keyEncipherment],
      ),
    ),
    extension(ids.subjectKey, false, octets(keyId(publicKey))),
    extension(ids.authorityKey, false, sequence(implicit(0, keyId(issuer.publicKey)))),
  ];
  if (authority) return common;
  return [
    ...common,
    extension(
      ids.extendedUsage,
      false,
      sequence(objectId(ids.serverAuth), objectId(ids.clientAuth)),
    ),
    extension(ids.alternativeName, false, sequence(...reachedBy.map(alternativeName))),
  ];
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function nameOf(commonName: string): Buffer {
  const part = (id: string, value: string): Buffer => set(sequence(objectId(id), utf8(value)));
  return sequence(
    part(ids.organization, 'Isola'),
    part(ids.commonName, commonName.slice(0, longestName)),
  );
}

function alternativeName(name: string): Buffer {
  const dnsName = 2;
  const ipAddress = 7;
  switch (isIP(name)) {
    case 4:
      return implicit(ipAddress, Buffer.from(name.split('.').map(Number)));
    case 6:
      return implicit(ipAddress, ipv6Bytes(name));
    default:
      return implicit(dnsName, Buffer.from(name, 'latin1'));
  }
}

function ipv6Bytes(address: string): Buffer {
  const groups = (text: string): readonly number[] =>
    text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16));
  // The URL parser writes every address, dotted ends too, in its shortest form.
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0);
  return Buffer.from([...first, ...zeros, ...last].flatMap(group => [group >> 8, group & 0xff]));
}

/** SHA-1 of the point, as RFC 5280 suggests: an identifier, not a protection. */
function keyId(publicKey: KeyObject): Buffer {
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-pointBytes);
  return createHash('sha1').update(point).digest();
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
