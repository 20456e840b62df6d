import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { IsolaError } from '@isola/model';
import { messageOf } from '../process/teardown.ts';
import { ensureKeyPair } from '../routers/key-pair.ts';
import { openSession, type SshSession } from './ssh-session.ts';

/** A machine that is to become a host, and who may log in there. */
interface Target {
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly password: string | null;
}

/** What its agent is told. */
interface Order {
  readonly serverUrl: string;
  readonly token: string;
  readonly hypervisor: 'KVM' | 'LXC';
  readonly guestInterface: string | null;
  readonly publicInterface: string | null;
}

interface Installer {
  install(target: Target, order: Order, progress: (line: string) => void): Promise<void>;
}

const installMs = 30 * 60_000;
const oldestNode = 18;

/** Puts the agent's program on other machines over ssh, and has it install itself there. Their host keys are kept in the home. */
export function sshInstaller(home: string, program: () => Promise<Buffer>): Installer {
  return {
    async install(target, order, progress) {
      try {
        const { privateKey } = await ensureKeyPair(home);
        const folder = join(home, 'ssh', 'hosts');
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const hostKeyFile = join(folder, encodeURIComponent(`${target.address}:${target.port}`));
        const session = await openSession({ ...target, privateKey, hostKeyFile });
        try {
          await installOver(session, { target, order, program: await program(), progress });
        } finally {
          session.close();
        }
      } catch (error) {
        throw new IsolaError(
          'resource_unavailable',
          {
            reason: `the agent cannot be installed on ${target.address}: ${messageOf(error)}`,
          },
          error,
        );
      }
    },
  };
}

interface Work {
  readonly target: Target;
  readonly order: Order;
  readonly program: Buffer;
  readonly progress: (line: string) => void;
}

async function installOver(session: SshSession, work: Work): Promise<void> {
  const root = await rootWords(session, work.target.username);
  const made = await session.run(['mktemp', '-d', '/tmp/isola-install-XXXXXXXX']);
  if (made.code !== 0) throw new Error(`mktemp failed: ${lastLine(made.output)}`);
  const folder = made.output.trim();
  try {
    const [programFile, tokenFile] = [`${folder}/isola-agent.cjs`, `${folder}/token`];
    await session.upload(programFile, work.program);
    await session.upload(tokenFile, Buffer.from(work.order.token));
    await ensureNode(session, root, work.progress);
    const words = [...root, 'node', programFile, ...installWords(work.order, tokenFile)];
    const { code, output } = await session.run(words, {
      onLine: work.progress,
      timeoutMs: installMs,
    });
    if (code !== 0) throw new Error(errorIn(output));
  } finally {
    await session.run([...root, 'rm', '-rf', folder]).catch(() => undefined);
  }
}

/** What a command line begins with to be root's. */
async function rootWords(session: SshSession, username: string): Promise<readonly string[]> {
  const who = await session.run(['id', '-u']);
  if (who.output.trim() === '0') return [];
  if ((await session.run(['sudo', '-n', 'true'])).code === 0) return ['sudo', '-n'];
  throw new Error(`${username} is not root there, and may not use sudo without a password`);
}

/** Debian's own Node, unless one is there that is new enough. */
async function ensureNode(
  session: SshSession,
  root: readonly string[],
  progress: (line: string) => void,
): Promise<void> {
  const found = await session.run(['node', '--version']);
  const major = Number(/^v(\d+)\./m.exec(found.output)?.[1] ?? 0);
  if (found.code === 0 && major >= oldestNode) return;
  progress('installing nodejs');
  const quiet = [...root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y'];
  // What cannot be fetched shows in the install.
  await session.run([...quiet, 'update'], { timeoutMs: installMs });
  const { code, output } = await session.run(
    [...quiet, '--no-install-recommends', 'install', 'nodejs'],
    { timeoutMs: installMs },
  );
  if (code !== 0) throw new Error(`apt-get install nodejs failed: ${aptErrorIn(output)}`);
}

function installWords(order: Order, tokenFile: string): readonly string[] {
  const { serverUrl, hypervisor, guestInterface, publicInterface } = order;
  return [
    'install',
    '--server',
    serverUrl,
    '--token-file',
    tokenFile,
    '--hypervisor',
    hypervisor,
    ...(guestInterface === null ? [] : ['--guest-interface', guestInterface]),
    ...(publicInterface === null ? [] : ['--public-interface', publicInterface]),
  ];
}

/** What the program complains of, with apt's first error where there is one. */
function errorIn(output: string): string {
  const lines = output.trim().split('\n');
  const first = lines.findIndex(line => line.startsWith('error: '));
  if (first < 0) return lastLine(output);
  const apt = lines.find(line => line.startsWith(aptError));
  const said = apt === undefined ? lines.slice(first, first + 3) : [lines[first] ?? '', apt];
  return said
    .map(line => line.trim())
    .join('; ')
    .replace('error: ', '');
}

const aptError = 'E: ';

function aptErrorIn(output: string): string {
  return output.split('\n').find(line => line.startsWith(aptError)) ?? lastLine(output);
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
