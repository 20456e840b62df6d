import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { routerSocketPath, routerSshPort } from '@isola/model';
import ssh2 from 'ssh2';
import type { PinnedHostKey } from './host-key.ts';
import { encodeShellCommand } from './shell-command.ts';

export interface ConnectionTarget {
  /** Control address of the router. */
  readonly address: string;
  readonly privateKey: string;
  readonly hostKey: PinnedHostKey;
}

export interface ProgramOptions {
  /** Written to its standard input. */
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** An open channel to the router's program. `close` ends the ssh connection too. */
export interface Connection {
  readonly stream: Duplex;
  /** Runs a program in the router; gives its standard output. Throws with what it wrote to stderr when it fails. */
  readonly run: (command: readonly string[], options: ProgramOptions) => Promise<string>;
  readonly close: () => void;
  /** Settles when the connection is gone, with the reason. */
  readonly closed: Promise<string>;
}

/** Long enough for an emulated router on a host with much else to do. */
const handshakeMs = 15_000;
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
    return {
      stream,
      closed,
      run: (command, options) => Promise.race([runProgram(client, command, options), gone]),
      close: () => client.destroy(),
    };
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

const programMs = 30_000;

function runProgram(
  client: ssh2.Client,
  command: readonly string[],
  { input = '', timeoutMs = programMs }: ProgramOptions,
): Promise<string> {
  const label = command.slice(0, 4).join(' ');
  return new Promise((resolve, reject) => {
    client.exec(encodeShellCommand(command), (failure, channel) => {
      if (failure !== undefined) return reject(failure);
      let stdout = '';
      let stderr = '';
      const timer = setTimeout(() => {
        channel.close();
        reject(new Error(`${label} in the router took more than ${timeoutMs / 1000} seconds`));
      }, timeoutMs);
      channel.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      channel.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      channel.once('close', (code: number | null) => {
        clearTimeout(timer);
        if (code === 0) resolve(stdout);
        else reject(new Error(`${label} in the router failed (${code}): ${stderr.trim()}`));
      });
      channel.end(input);
    });
  });
}
