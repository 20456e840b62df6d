import { execFile } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fingerprintOf } from '@isola/agent-protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretBox } from '../identity/secret.ts';
import { type TestDatabase, testDatabase } from '../store/test-database.ts';
import { type Authority, openAuthority, readPublicKey } from './authority.ts';

const run = promisify(execFile);
const secrets = secretBox(Buffer.alloc(32, 7));
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let database: TestDatabase;
let authority: Authority;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  authority = await openAuthority(database.db, secrets);
  folder = await mkdtemp(join(tmpdir(), 'isola-authority-'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

describe('the authority', () => {
  it('is made once, its key unreadable in the database', async () => {
    const again = await openAuthority(database.db, secrets);
    expect(again.certificate).toBe(authority.certificate);
    const { sealed_key: sealed } = await database.db
      .selectFrom('authority')
      .select('sealed_key')
      .executeTakeFirstOrThrow();
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('PRIVATE KEY');
    await expect(openAuthority(database.db, secretBox(Buffer.alloc(32, 8)))).rejects.toThrow();
  });

  it('issues what OpenSSL finds right in every strict point', async () => {
    const issued = authority.issue(
      { name: 'host 1', reachedBy: ['host1', '192.0.2.1', 'fd00::1:2'], days: 30 },
      publicKey,
    );
    await writeFile(join(folder, 'ca.pem'), authority.certificate);
    await writeFile(join(folder, 'host.pem'), issued.certificate);
    const verify = ['verify', '-x509_strict', '-CAfile', 'ca.pem'];
    for (const purpose of ['sslserver', 'sslclient'])
      expect(
        (await run('openssl', [...verify, '-purpose', purpose, 'host.pem'], { cwd: folder }))
          .stdout,
      ).toBe('host.pem: OK\n');
    const read = new X509Certificate(issued.certificate);
    expect(read.checkPrivateKey(privateKey)).toBe(true);
    expect(read.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    expect(read.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
    expect(read.ca).toBe(false);
    expect(read.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(issued.fingerprint);
    expect(new Date(read.validTo).getTime()).toBe(
      Math.floor(issued.expires.getTime() / 1000) * 1000,
    );
    expect(issued.expires.getTime() - Date.now()).toBeGreaterThan(29.9 * 86_400_000);
  });

  it('writes names and addresses so that they are read as they were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), { minLength: 1, maxLength: 20 }),
        fc.string({ minLength: 1, maxLength: 64 }),
        fc.integer({ min: 1, max: 20_000 }),
        (names, name, days) => {
          const issued = authority.issue({ name, reachedBy: names, days }, publicKey);
          const read = new X509Certificate(issued.certificate);
          for (const each of names)
            expect(
              /^[\d.]+$|:/.test(each) ? read.checkIP(each) : read.checkHost(each),
            ).toBeTruthy();
          expect(read.subjectAltName?.split(', ').length).toBe(names.length);
          expect(fingerprintOf(read)).toBe(issued.fingerprint);
          expect(read.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('signs keys of its own kind only', () => {
    const pem = (key: typeof publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();
    expect(readPublicKey(pem(publicKey)).equals(publicKey)).toBe(true);
    const others = [
      pem(generateKeyPairSync('ed25519').publicKey),
      pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
      'not a key',
    ];
    for (const other of others) expect(() => readPublicKey(other)).toThrow('P-256');
  });
});
