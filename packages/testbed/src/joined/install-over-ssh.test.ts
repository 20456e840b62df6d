import { type ChildProcess, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { sshInstaller } from '@isola/agent';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, until } from '../world/exec.ts';

let folder: string;
let home: string;
let port: number;
let daemon: ChildProcess | null = null;

/** Stands for the agent's program: it says what it was given. */
const program = `
const fs = require('node:fs');
const words = process.argv.slice(2);
const file = words[words.indexOf('--token-file') + 1];
console.error('installing Debian packages ...');
const mode = (fs.statSync(file).mode & 0o777).toString(8);
fs.writeFileSync(process.env.HOME + '/.isola-test', JSON.stringify({ words, mode, token: fs.readFileSync(file, 'utf8'), file: __filename }));
if (words.includes('broken0')) {
  console.error('error: this machine lacks something');
  console.error('  libvirt: not found. apt-get install it');
  process.exit(1);
}
`;
const seen = '/root/.isola-test';

const order = {
  serverUrl: 'https://192.0.2.1:8250',
  token: 'a secret $(reboot) word',
  hypervisor: 'KVM',
  guestInterface: "eth'1",
  publicInterface: null,
} as const;

beforeAll(async () => {
  folder = await mkdtemp('/tmp/isola-ssh-');
  home = join(folder, 'home');
  await mkdir(home);
  port = await freePort();
  await mkdir('/run/sshd', { recursive: true });
  await startDaemon('first');
});
afterAll(async () => {
  await stopDaemon();
  await rm(folder, { recursive: true });
  await rm(seen, { force: true });
});

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}

async function startDaemon(key: string): Promise<void> {
  const hostKey = join(folder, key);
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  const config = join(folder, 'sshd_config');
  await writeFile(
    config,
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${home}/ssh/id_ed25519.pub`,
      'PermitRootLogin yes',
      'PasswordAuthentication yes',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'PidFile none',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n'),
  );
  daemon = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: 'ignore' });
  await until(
    'sshd',
    () =>
      new Promise<boolean>(resolve => {
        const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
        socket.on('error', () => resolve(false));
      }),
  );
}

async function stopDaemon(): Promise<void> {
  const child = daemon;
  daemon = null;
  if (child === null || child.exitCode !== null) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  child.kill();
  await gone;
}

interface Attempt {
  readonly password?: string;
  readonly guestInterface?: string;
  readonly at?: number;
}

async function install({ password, guestInterface, at }: Attempt = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  const target = {
    address: '127.0.0.1',
    port: at ?? port,
    username: 'root',
    password: password ?? null,
  };
  const installer = sshInstaller(home, () => Promise.resolve(Buffer.from(program)));
  await installer.install(
    target,
    { ...order, guestInterface: guestInterface ?? order.guestInterface },
    line => lines.push(line),
  );
  return lines;
}

describe('an agent is installed over ssh', () => {
  it('with the installation’s key: program and token go there and go again', async () => {
    expect(await install()).toContain('installing Debian packages ...');
    const told = JSON.parse(await readFile(seen, 'utf8')) as {
      words: string[];
      mode: string;
      token: string;
      file: string;
    };
    expect(told).toMatchObject({ mode: '600', token: order.token });
    expect(told.words.join(' ')).toMatch(
      /^install --server https:\/\/192.0.2.1:8250 --token-file \S+ --hypervisor KVM --guest-interface eth'1$/,
    );
    await expect(access(told.file)).rejects.toThrow('ENOENT');
  });

  it('and what went wrong there is told', async () => {
    await expect(install({ guestInterface: 'broken0' })).rejects.toThrow(
      'Resource Unavailable: the agent cannot be installed on 127.0.0.1: this machine lacks something; libvirt: not found. apt-get install it',
    );
  });

  it('not with a wrong password, nor where nobody listens', async () => {
    await expect(install({ password: 'wrong' })).rejects.toThrow('it refuses the password of root');
    await expect(install({ at: await freePort() })).rejects.toThrow(
      /cannot be reached by ssh: .*ECONNREFUSED/,
    );
  });

  it('not where another machine answers than at the first time', async () => {
    await stopDaemon();
    await startDaemon('second');
    await expect(install()).rejects.toThrow('it shows another host key than at the first login');
  });
});
