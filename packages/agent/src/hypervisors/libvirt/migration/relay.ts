import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import * as z from 'zod';

/** What goes from host to host while a guest moves: libvirt's talk, the guest's memory, and its disk. */
const channelSchema = z.enum(['libvirt', 'memory', 'disk']);
export type Channel = z.infer<typeof channelSchema>;

/** A socket of this host's: by path, or by loopback address. */
export type LocalEnd = { readonly path: string } | { readonly host: string; readonly port: number };

/** Where the receiving host waits, and the secret that only the two hosts of one move and their server know. */
export interface RelayTarget {
  readonly address: string;
  readonly port: number;
  /** 256 bits in hex. */
  readonly key: string;
}

/** TLS by a shared secret: it tells both ends from anybody else, and each connection has keys of its own. */
const security = { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' } as const;
const identity = 'isola-migration';

/** Ports on which hosts receive guests, each move on one of its own. */
const firstPort = 16_520;
const lastPort = 16_559;

const handshakeMs = 10_000;

export interface Relay {
  readonly port: number;
  close(): void;
}

/** Waits at the address for the sending host and joins each of its connections to the local end of its channel. */
export async function receiveRelay(options: {
  readonly address: string;
  readonly key: string;
  readonly ends: Readonly<Record<Channel, LocalEnd>>;
}): Promise<Relay> {
  const open = new Set<Duplex>();
  const server = tls.createServer({
    ...security,
    allowHalfOpen: true,
    handshakeTimeout: handshakeMs,
    pskCallback: (_socket, name) => (name === identity ? Buffer.from(options.key, 'hex') : null),
  });
  // Somebody who does not know the secret, or went away.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('secureConnection', socket => {
    track(open, socket);
    readChannel(socket, channel => {
      if (channel === null) socket.destroy();
      else join(open, socket, createConnection({ ...options.ends[channel], allowHalfOpen: true }));
    });
  });
  const port = await listenOnFreePort(server, options.address);
  return { port, close: () => closeAll(server, open) };
}

/** Offers local ends that lead to the receiving host's. */
export async function sendRelay(
  target: RelayTarget,
  ends: Readonly<Record<Channel, LocalEnd>>,
): Promise<{ close(): void }> {
  const servers: { readonly server: Server; readonly open: Set<Duplex> }[] = [];
  const close = (): void => {
    for (const { server, open } of servers) closeAll(server, open);
  };
  try {
    for (const channel of channelSchema.options) {
      const open = new Set<Duplex>();
      const server = createServer({ allowHalfOpen: true }, socket => {
        track(open, socket);
        const remote = tls.connect({
          ...security,
          host: target.address,
          port: target.port,
          pskCallback: () => ({ psk: Buffer.from(target.key, 'hex'), identity }),
          // The secret proves who it is; there is no certificate.
          checkServerIdentity: () => undefined,
        });
        remote.write(`${channel}\n`);
        join(open, socket, remote);
      });
      servers.push({ server, open });
      await listen(server, ends[channel]);
    }
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

/** Reads the line with which a connection begins; what follows it stays unread. */
function readChannel(socket: Socket, done: (channel: Channel | null) => void): void {
  let line = '';
  const look = (): void => {
    for (let byte = socket.read(1); Buffer.isBuffer(byte); byte = socket.read(1)) {
      const character = byte.toString('latin1');
      if (character !== '\n') line += character;
      if (character !== '\n' && line.length < 16) continue;
      socket.off('readable', look);
      done(channelSchema.safeParse(line).data ?? null);
      return;
    }
  };
  socket.on('readable', look);
}

/** Joins two sockets: each direction ends by itself, and when one socket breaks, so does the other. */
function join(open: Set<Duplex>, one: Duplex, other: Duplex): void {
  track(open, other);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.once('close', () => {
      if (!from.readableEnded || !from.writableFinished) to.destroy();
    });
  }
}

function track(open: Set<Duplex>, socket: Duplex): void {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
  socket.on('error', () => socket.destroy());
}

function closeAll(server: Server, open: Set<Duplex>): void {
  server.close();
  for (const socket of open) socket.destroy();
}

function listen(server: Server, end: LocalEnd): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(end, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function listenOnFreePort(server: Server, host: string): Promise<number> {
  for (let port = firstPort; ; port++)
    try {
      await listen(server, { host, port });
      return port;
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!busy || port === lastPort) throw error;
    }
}
