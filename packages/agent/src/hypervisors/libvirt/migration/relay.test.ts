import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Channel, type LocalEnd, type Relay, receiveRelay, sendRelay } from './relay.ts';

describe('the relay between two hosts', () => {
  let folder: string;
  let relay: Relay;
  let echoes: Server[];
  const key = randomBytes(32).toString('hex');
  const ends = (side: string): Record<Channel, LocalEnd> => ({
    libvirt: { path: join(folder, `${side}-libvirt`) },
    memory: { path: join(folder, `${side}-memory`) },
    disk: { path: join(folder, `${side}-disk`) },
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isola-relay-'));
    // Each end says its name before it repeats what it is told.
    echoes = Object.entries(ends('far')).map(([channel, end]) =>
      createServer({ allowHalfOpen: true }, socket => {
        socket.on('error', () => undefined);
        socket.write(`${channel}:`);
        socket.pipe(socket);
      }).listen(end),
    );
    relay = await receiveRelay({ address: '127.0.0.1', key, ends: ends('far') });
  });
  afterEach(async () => {
    relay.close();
    for (const server of echoes) server.close();
    await rm(folder, { recursive: true });
  });

  const said = (socket: Socket): Promise<string> =>
    new Promise(resolve => {
      let text = '';
      socket.setEncoding('latin1').on('data', (part: string) => {
        text += part;
      });
      socket.on('error', () => undefined);
      socket.once('close', () => resolve(text));
    });

  it('joins every channel to its own end, both ways, however much it is', async () => {
    const target = { address: '127.0.0.1', port: relay.port, key };
    const sender = await sendRelay(target, ends('near'));
    const content = randomBytes(3_000_000).toString('latin1');
    for (const [channel, end] of Object.entries(ends('near'))) {
      const socket = createConnection(end);
      const answer = said(socket);
      socket.end(content, 'latin1');
      expect((await answer) === `${channel}:${content}`).toBe(true);
    }
    sender.close();
  });

  it('lets nobody in who does not know the secret', async () => {
    const wrong = { address: '127.0.0.1', port: relay.port, key: randomBytes(32).toString('hex') };
    const sender = await sendRelay(wrong, ends('near'));
    const socket = createConnection(ends('near').memory);
    const answer = said(socket);
    socket.write('hello');
    expect(await answer).toBe('');
    sender.close();

    const plain = createConnection({ host: '127.0.0.1', port: relay.port });
    const heard = said(plain);
    plain.end('memory\nhello');
    expect(await heard).not.toContain('memory:');

    const stranger = tls.connect({
      host: '127.0.0.1',
      port: relay.port,
      rejectUnauthorized: false,
    });
    expect(await said(stranger)).toBe('');
  });

  it('is gone when it is closed', async () => {
    relay.close();
    const socket = createConnection({ host: '127.0.0.1', port: relay.port });
    const refused = new Promise(resolve => socket.once('error', resolve));
    expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
