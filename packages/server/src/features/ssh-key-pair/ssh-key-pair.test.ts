import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tenant, type TestServer, testServer } from '../../http/test-server.ts';
import { parsePublicKey } from './public-key.ts';
import { sshNumber, sshString, sshStrings } from './wire.ts';

const run = promisify(execFile);
let server: TestServer;
let folder: string;
let anna: Tenant;
let bert: Tenant;

beforeAll(async () => {
  server = await testServer();
  folder = await mkdtemp(join(tmpdir(), 'isola-keys-'));
  anna = await server.tenant('anna');
  bert = await server.tenant('bert');
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const keygen = async (...args: string[]) => (await run('ssh-keygen', args)).stdout.trim();

async function made(type: string): Promise<string> {
  const file = join(folder, type);
  await keygen('-q', '-t', type, '-N', '', '-C', `${type} of a test`, '-f', file);
  return keygen('-y', '-f', file);
}

test('a created pair is one that ssh accepts, with the fingerprint shown', async () => {
  const { body } = await server.call(anna, 'createSSHKeyPair', { name: 'laptop' });
  const { privatekey, fingerprint, ...shown } = body.keypair;
  expect(shown).toMatchObject({ name: 'laptop', account: 'anna', domain: 'ROOT' });
  const file = join(folder, 'created');
  await writeFile(file, privatekey, { mode: 0o600 });
  const publicKey = await keygen('-y', '-f', file);
  const row = await server.db
    .selectFrom('ssh_key_pairs')
    .selectAll()
    .where('name', '=', 'laptop')
    .executeTakeFirstOrThrow();
  expect(row.public_key).toBe(publicKey);
  await writeFile(`${file}.line`, `${row.public_key}\n`);
  expect(await keygen('-E', 'md5', '-lf', `${file}.line`)).toContain(`MD5:${fingerprint}`);
  const listed = await server.call(anna, 'listSSHKeyPairs', { fingerprint });
  expect(listed.body).toMatchObject({ count: 1, sshkeypair: [{ name: 'laptop', fingerprint }] });
  expect(JSON.stringify(listed.body)).not.toContain('PRIVATE');
});

test.each(['ed25519', 'rsa', 'ecdsa'])(
  'a %s key of ssh-keygen is registered as it is',
  async type => {
    const publickey = await made(type);
    const { body } = await server.call(anna, 'registerSSHKeyPair', { name: type, publickey });
    await writeFile(join(folder, 'line'), publickey);
    expect(await keygen('-E', 'md5', '-lf', join(folder, 'line'))).toContain(
      `MD5:${Object.values<{ fingerprint: string }>(body)[0]?.fingerprint}`,
    );
  },
);

test('what is not one key alone is refused, and leaves nothing', async () => {
  const key = await keygen('-y', '-f', join(folder, 'ed25519'));
  const [type, blob = ''] = key.split(' ');
  const bad = [
    'nonsense',
    `command="id" ${key}`,
    `${key}\ncommand="id" ${key}`,
    `ssh-rsa ${blob}`,
    `${type} ${blob.slice(0, -8)}`,
    `${type} ${blob}AAAA`,
    `__proto__ ${blob}`,
  ];
  for (const publickey of bad) {
    const { status } = await server.call(bert, 'registerSSHKeyPair', { name: 'bad', publickey });
    expect(status, publickey).toBe(431);
  }
  expect((await server.call(bert, 'listSSHKeyPairs')).body).toEqual({});
});

test('names are per account, once each, and a stranger neither sees nor deletes them', async () => {
  const publickey = await keygen('-y', '-f', join(folder, 'ed25519'));
  const tries = await Promise.all(
    Array.from({ length: 6 }, () =>
      server.call(anna, 'registerSSHKeyPair', { name: 'same', publickey }),
    ),
  );
  expect(tries.map(one => one.status).toSorted((a, b) => a - b)).toEqual([
    200, 431, 431, 431, 431, 431,
  ]);
  const own = await server.call(anna, 'listSSHKeyPairs', { name: 'same' });
  const { id } = own.body.sshkeypair[0];
  expect((await server.call(bert, 'listSSHKeyPairs', { id })).body).toEqual({});
  expect((await server.call(bert, 'deleteSSHKeyPair', { name: 'same' })).status).toBe(431);
  const domainid = own.body.sshkeypair[0].domainid;
  const forAnna = { name: 'same', account: 'anna', domainid };
  expect((await server.call(bert, 'deleteSSHKeyPair', forAnna)).status).toBe(531);
  expect((await server.call(bert, 'createSSHKeyPair', forAnna)).status).toBe(531);
  expect((await server.call(server.admin, 'deleteSSHKeyPair', forAnna)).status).toBe(200);
  expect((await server.call(anna, 'listSSHKeyPairs', { name: 'same' })).body).toEqual({});
});

test('the binary format reads back what it wrote, and refuses what is cut short', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), parts => {
      const blob = Buffer.concat(parts.map(part => sshString(part)));
      expect(sshStrings(blob)).toEqual(parts.map(part => Buffer.from(part)));
      if (blob.length > 0) expect(sshStrings(blob.subarray(0, -1))).not.toEqual(sshStrings(blob));
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 200n }), value => {
      const hex = value.toString(16);
      const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
      const [body = Buffer.alloc(0)] = sshStrings(sshNumber(bytes)) ?? [];
      expect(BigInt(`0x${body.toString('hex')}`)).toBe(value);
      expect((body[0] ?? 0) & 0x80).toBe(0);
    }),
  );
});

test('no text makes the reader fail in another way than by refusing', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map(text => `ssh-rsa ${btoa(encodeURI(text))}`),
      ),
      text => {
        try {
          parsePublicKey(text);
        } catch (error) {
          expect(error).toMatchObject({ status: 431 });
        }
      },
    ),
  );
});
