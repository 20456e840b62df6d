import ssh2 from 'ssh2';
import { messageOf } from '../process/teardown.ts';
import { PinnedHostKey } from '../routers/host-key.ts';
import { encodeShellCommand } from '../routers/shell-command.ts';

/** Where to log in, and how. */
export interface Login {
  readonly address: string;
  readonly port: number;
  readonly username: string;
  /** `null`: with the private key. */
  readonly password: string | null;
  readonly privateKey: string;
  /** File that remembers the machine's key from the first login on. */
  readonly hostKeyFile: string;
}

export interface Finished {
  readonly code: number;
  /** All that it wrote, to stdout and to stderr, the end of it when it is long. */
  readonly output: string;
}

/** Somebody is logged in on another machine. */
export interface SshSession {
  /** Runs a program; every line of its output is told. Rejects only when the connection breaks or time is over. */
  run(words: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Writes a file that only its owner can read. */
  upload(path: string, content: Buffer): Promise<void>;
  close(): void;
}

export interface RunOptions {
  readonly onLine?: (line: string) => void;
  readonly timeoutMs?: number;
}

const handshakeMs = 15_000;
const keepaliveMs = 10_000;
const usualMs = 60_000;
const longestOutput = 256 * 1024;

/** Logs in. Throws with a text that says whose fault it is. */
export async function openSession(login: Login): Promise<SshSession> {
  const hostKey = await PinnedHostKey.read(login.hostKeyFile);
  let known = true;
  const client = new ssh2.Client();
  const broken = new Promise<never>((_resolve, reject) => {
    client.on('error', error => reject(new Error(explain(error, login, known))));
    client.on('close', () => reject(new Error('the ssh connection was closed')));
  });
  broken.catch(() => undefined);
  const ready = new Promise<void>(resolve => client.once('ready', resolve));
  // Some servers ask for the password in this way only.
  client.on('keyboard-interactive', (...[, , , prompts, answer]) =>
    answer(prompts.map(() => login.password ?? '')),
  );
  client.connect({
    host: login.address,
    port: login.port,
    username: login.username,
    ...(login.password === null
      ? { privateKey: login.privateKey }
      : { password: login.password, tryKeyboard: true }),
    readyTimeout: handshakeMs,
    keepaliveInterval: keepaliveMs,
    hostVerifier: (key: Buffer, verified: (ok: boolean) => void) => {
      hostKey.check(key).then(
        ok => {
          known = ok;
          verified(ok);
        },
        () => verified(false),
      );
    },
  });
  await Promise.race([ready, broken]);
  return {
    run: (words, options = {}) => Promise.race([runIn(client, words, options), broken]),
    upload: (path, content) => Promise.race([uploadTo(client, path, content), broken]),
    close: () => client.destroy(),
  };
}

function explain(error: Error, { username, password }: Login, known: boolean): string {
  if (!known)
    return 'it shows another host key than at the first login: somebody may stand between, or it was set up anew';
  if ('level' in error && error.level === 'client-authentication')
    return password === null
      ? `it does not let ${username} in with the key of this installation`
      : `it refuses the password of ${username}`;
  return `it cannot be reached by ssh: ${error.message}`;
}

function runIn(
  client: ssh2.Client,
  words: readonly string[],
  { onLine, timeoutMs = usualMs }: RunOptions,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    client.exec(encodeShellCommand(words), (error, channel) => {
      if (error !== undefined) return reject(error);
      let output = '';
      let line = '';
      let code = 255;
      const timer = setTimeout(() => {
        channel.close();
        reject(new Error(`${words[0] ?? ''} took more than ${timeoutMs / 1000} s`));
      }, timeoutMs);
      const take = (chunk: string): void => {
        output = (output + chunk).slice(-longestOutput);
        const lines = (line + chunk).split('\n');
        line = lines.pop() ?? '';
        for (const each of lines) onLine?.(each);
      };
      channel.setEncoding('utf8').on('data', take);
      channel.stderr.setEncoding('utf8').on('data', take);
      channel.on('exit', (status: number | null) => {
        code = status ?? 255;
      });
      channel.on('close', () => {
        clearTimeout(timer);
        if (line !== '') onLine?.(line);
        resolve({ code, output });
      });
      channel.end();
      return undefined;
    });
  });
}

function uploadTo(client: ssh2.Client, path: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error !== undefined) return reject(new Error(`sftp: ${messageOf(error)}`));
      const stream = sftp.createWriteStream(path, { mode: 0o600 });
      stream.on('error', (failure: unknown) => reject(new Error(`sftp: ${messageOf(failure)}`)));
      stream.on('close', () => {
        sftp.end();
        resolve();
      });
      stream.end(content);
      return undefined;
    });
  });
}
