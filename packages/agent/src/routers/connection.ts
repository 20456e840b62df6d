import type { Duplex } from 'node:stream';
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
    const stream = await new Promise<Duplex>((resolve, reject) => {
      client.once('ready', () => {
        client.setNoDelay(true);
        client.openssh_forwardOutStreamLocal(routerSocketPath, (error, channel) => {
          if (error === undefined) resolve(channel);
          else reject(new Error(`the router's program does not answer: ${error.message}`));
        });
      });
      void closed.then(text => reject(new Error(text)));
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
    });
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
