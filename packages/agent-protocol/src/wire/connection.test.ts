import { connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Pace, WireConnection } from './connection.ts';

const schema = z.union([
  z.strictObject({ type: z.literal('alive') }),
  z.strictObject({ type: z.literal('say'), text: z.string() }),
]);
type Message = z.infer<typeof schema>;

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function sockets(): Promise<readonly [Socket, Socket]> {
  const server = createServer();
  const accepted = new Promise<Socket>(resolve => server.once('connection', resolve));
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const pair = [connect(port, '127.0.0.1'), await accepted] as const;
  server.close();
  return pair;
}

function attach(socket: Socket, pace: Pace, patient: boolean) {
  const heard: string[] = [];
  let ended: string | null = null;
  const connection = new WireConnection<Message, Message>(socket, {
    schema,
    patient,
    pace,
    onMessage: message => {
      if (message.type === 'say') heard.push(message.text);
    },
    onClose: reason => {
      ended = reason;
    },
  });
  open.push(connection);
  return { connection, heard, reason: () => ended };
}

/** Holds this process up, as a machine that was frozen does. */
function freeze(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('a connection', () => {
  it('carries any text whole and in order', async () => {
    const [a, b] = await sockets();
    const pace = { alive: 1000, lost: 10_000 };
    const [one, other] = [attach(a, pace, true), attach(b, pace, true)];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), async texts => {
        other.heard.length = 0;
        for (const text of texts) one.connection.send({ type: 'say', text });
        await expect.poll(() => other.heard.length, { interval: 1 }).toBe(texts.length);
        expect(other.heard).toEqual(texts);
      }),
      { numRuns: 30 },
    );
  });

  const quick = { alive: 20, lost: 200 };

  it('lives as long as both do', async () => {
    const [a, b] = await sockets();
    const [one, other] = [attach(a, quick, true), attach(b, quick, true)];
    await new Promise(resolve => setTimeout(resolve, 600));
    expect([one.reason(), other.reason()]).toEqual([null, null]);
    one.connection.close();
    await expect.poll(() => other.reason()).toBe('the other side hung up');
    expect(one.reason()).toBeNull();
  });

  it('ends an agent’s end after it was frozen, before it does what it was told until then', async () => {
    const [a, b] = await sockets();
    const server = attach(a, quick, true);
    const agent = attach(b, quick, false);
    server.connection.send({ type: 'say', text: 'before' });
    await expect.poll(() => agent.heard).toEqual(['before']);
    server.connection.send({ type: 'say', text: 'stale' });
    freeze(500);
    await expect.poll(() => agent.reason()).toMatch(/nothing was heard/);
    expect(agent.heard).toEqual(['before']);
  });

  it('keeps a server’s end that was held up itself', async () => {
    const [a, b] = await sockets();
    const server = attach(a, quick, true);
    const agent = attach(b, quick, true);
    freeze(500);
    agent.connection.send({ type: 'say', text: 'still here' });
    await expect.poll(() => server.heard).toEqual(['still here']);
    expect(server.reason()).toBeNull();
  });

  it('is ended by silence, and by what is no message', async () => {
    const [silent, a] = await sockets();
    silent.on('error', () => undefined);
    const one = attach(a, quick, true);
    await expect.poll(() => one.reason()).toMatch(/nothing was heard/);
    const [rude, b] = await sockets();
    rude.on('error', () => undefined);
    const other = attach(b, quick, true);
    rude.write('{"type":"say"}\n');
    await expect.poll(() => other.reason()).toMatch(/no message/);
    silent.destroy();
    rude.destroy();
  });
});
