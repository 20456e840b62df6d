import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { routerSocketPath, routerSshPort } from '@isola/model';
import ssh2 from 'ssh2';
import type { PinnedHostKey } from './host-key.ts';

export interface ConnectionTarget {
  /** Control address of the router. */
  readonly address: string;
  readonly privateKey: string;
  readonly hostKey: PinnedHostKey;
}

/** An open channel to the router's program. `close` ends the ssh connection too. */
export interface Connection {
  readonly stream: Duplex;
  readonly close: () => void;
  /** Settles when the connection is gone, with the reason. */
  readonly closed: Promise<string>;
}

const handshakeMs = 5_000;
/** A router that does not answer for this many seconds is gone. */
const keepaliveCount = 3;

/** The program listens a moment after sshd does. */
const socketTries = 40;
const socketPauseMs = 50;

/** Connects by ssh and opens the router's socket. Throws when either fails. */
export async function openConnection(target: ConnectionTarget): Promise<Connection> {
  const client = new ssh2.Client();
  let reason = 'the connection was closed';
  const closed = new Promise<string>(resolve => {
    client.on('error', error => {
      reason = error.message;
    });
    client.once('close', () => resolve(reason));
  });
  try {
    const gone = closed.then((text): never => {
      throw new Error(text);
    });
    await Promise.race([handshake(client, target), gone]);
    const stream = await Promise.race([openSocket(client), gone]);
    stream.on('error', () => undefined);
    stream.once('close', () => {
      reason = "the router's program ended the connection";
      client.end();
    });
    return { stream, closed, close: () => client.destroy() };
  } catch (error) {
    client.destroy();
    throw error;
  }
}

async function handshake(client: ssh2.Client, target: ConnectionTarget): Promise<void> {
  const ready = new Promise<void>(resolve => client.once('ready', () => resolve()));
  client.connect({
    host: target.address,
    port: routerSshPort,
    username: 'root',
    privateKey: target.privateKey,
    readyTimeout: handshakeMs,
    keepaliveInterval: 1_000,
    keepaliveCountMax: keepaliveCount,
    hostVerifier: (key: Buffer, verified: (ok: boolean) => void) => {
      target.hostKey.check(key).then(verified, () => verified(false));
    },
  });
  await ready;
  client.setNoDelay(true);
}

async function openSocket(client: ssh2.Client): Promise<Duplex> {
  for (let tries = 1; ; tries++) {
    try {
      return await new Promise<Duplex>((resolve, reject) => {
        client.openssh_forwardOutStreamLocal(routerSocketPath, (error, channel) => {
          if (error === undefined) resolve(channel);
          else reject(error);
        });
      });
    } catch (error) {
      if (tries === socketTries)
        throw new Error("the router's program does not answer", { cause: error });
      await delay(socketPauseMs);
    }
  }
}
