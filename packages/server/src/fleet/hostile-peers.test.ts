import { createPublicKey, randomBytes } from 'node:crypto';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { agentPath, type Identity, makeKey, upgradeProtocol } from '@isola/agent-protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAuthority } from '../authority/authority.ts';
import { secretBox } from '../identity/secret.ts';
import { simulatedHost } from '../simulator/host.ts';
import { testDatabase } from '../store/test-database.ts';
import { type FleetLab, fleetLab } from './test-agents.ts';

let lab: FleetLab;
let good: Identity;
let hostId: string;

beforeAll(async () => {
  lab = await fleetLab();
  ({ identity: good, hostId } = await lab.join(simulatedHost({ name: 'good' })));
});
afterAll(() => lab.close());

const upgrade = `GET ${agentPath} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${upgradeProtocol}\r\n\r\n`;

/** Sends bytes over TLS and gives all that comes back until the other side hangs up. */
function say(options: ConnectionOptions, ...parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise(resolve => {
    let heard = '';
    const socket: TLSSocket = connect({
      host: '127.0.0.1',
      port: lab.network.port,
      ca: lab.authority.certificate,
      ...options,
    });
    const over = (): void => resolve(heard);
    socket.on('error', over);
    socket.on('close', over);
    socket.on('data', chunk => {
      heard += chunk.toString('latin1');
    });
    for (const part of parts) socket.write(part);
  });
}

const as = (identity: Identity): ConnectionOptions => ({
  cert: identity.certificate,
  key: identity.privateKey,
});

/** Nobody was let in, and the fleet works. */
async function unharmed(): Promise<void> {
  expect(lab.listener.fleet.connected()).not.toContain(hostId);
  const agent = simulatedHost({ name: `witness-${randomBytes(4).toString('hex')}` });
  const joined = await lab.join(agent);
  const link = lab.dial(agent, joined.identity);
  await lab.until(joined.hostId, 'Up');
  link.close();
}

describe('a peer is refused', () => {
  it('without a certificate', async () => {
    expect(await say({}, upgrade)).toMatch(/^HTTP\/1.1 403 [^]*a certificate is needed/);
  });

  it('with a certificate of another authority', async () => {
    const other = await testDatabase();
    const authority = await openAuthority(other.db, secretBox(Buffer.alloc(32, 9)));
    await other.close();
    const { privateKey, publicKey } = makeKey();
    const { certificate } = authority.issue(
      { name: 'good', reachedBy: [], days: 30 },
      createPublicKey(publicKey),
    );
    const answer = await say({ cert: certificate, key: privateKey }, upgrade);
    expect(answer).toMatch(/^HTTP\/1.1 403 [^]*is not of this installation/);
  });

  it('with a certificate that is too old, revoked, or of nobody', async () => {
    const { identity: old } = await lab.certify(hostId, -0.5);
    expect(await say(as(old), upgrade)).toMatch(/is not of this installation, or is too old/);
    const { identity: revoked, issued } = await lab.certify(hostId, 30);
    await lab.db
      .updateTable('host_certificates')
      .set({ revoked: new Date() })
      .where('fingerprint', '=', issued.fingerprint)
      .execute();
    expect(await say(as(revoked), upgrade)).toMatch(/403 [^]*was revoked/);
    const { identity: nobody } = await lab.certify('00000000-0000-4000-8000-000000000000', 30);
    expect(await say(as(nobody), upgrade)).toMatch(/403 [^]*its host was removed/);
  });

  it('when it wants a template without a certificate, or another path', async () => {
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    expect(await say({}, get('/agent'))).toMatch(/^HTTP\/1.1 403/);
    expect(await say(as(good), get('/agent'))).toMatch(/^HTTP\/1.1 200/);
    const template = get('/templates/a0000000-0000-4000-8000-000000000000');
    expect(await say({}, template)).toMatch(/^HTTP\/1.1 403/);
    expect(await say(as(good), template)).toMatch(/^HTTP\/1.1 200/);
    for (const path of ['/templates/../secret-key', '/', '/agents', '/templates/x'])
      expect(await say(as(good), get(path))).toMatch(/^HTTP\/1.1 404/);
    expect(await say({}, get('/isola-agent.cjs'))).toMatch(/^HTTP\/1.1 200[^]*the program/);
  });

  it('when its request to join is garbage or has no end', async () => {
    const post = (length: number, body: string) =>
      `POST /join HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${body}`;
    expect(await say({}, post(2, '{}'))).toMatch(/^HTTP\/1.1 400/);
    expect(await say({}, post(3, '\x00\xff\x80'))).toMatch(/^HTTP\/1.1 400/);
    expect(await say({}, post(1e9, 'x'.repeat(100_000)))).toMatch(/^HTTP\/1.1 400/);
  });
});

describe('a peer with a good certificate is hung up on', () => {
  it('when it sends garbage', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.json()),
        async garbage => {
          const bytes = Buffer.concat([Buffer.from(garbage), Buffer.from('\n}\n')]);
          expect(await say(as(good), upgrade, bytes)).toMatch(/^HTTP\/1.1 101/);
        },
      ),
      { numRuns: 20 },
    );
    await unharmed();
  });

  it('when it answers before it says hello, or speaks another version', async () => {
    const facts = await simulatedHost({ name: 'good' }).facts();
    const lines = [
      { type: 'welcome', hostId },
      { type: 'hello', protocol: 999, facts },
      { type: 'hello', protocol: 1, facts: { ...facts, name: '' } },
      { type: 'event', event: { kind: 'instance-stopped' } },
    ];
    for (const line of lines)
      expect(await say(as(good), upgrade, `${JSON.stringify(line)}\n`)).toMatch(/101/);
    await unharmed();
  });

  it('when it falls silent, and when a line has no end', async () => {
    expect(await say(as(good), upgrade)).toMatch(/101/);
    const endless = Array.from({ length: 70 }, () => 'x'.repeat(1024 * 1024));
    expect(await say(as(good), upgrade, ...endless)).toMatch(/101/);
    await unharmed();
  });
});
