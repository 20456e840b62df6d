import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Api, type Credentials } from './api.ts';
import { tryRun, until } from './exec.ts';
import { internet } from './internet.ts';

const cli = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));

export interface InstallationOptions {
  readonly namespace: string;
  readonly home: string;
  readonly images: string;
  readonly lastPublicAddress?: string;
  readonly vlans?: readonly [number, number];
  /** Address by which other hosts reach the server; it listens to their agents when there is one. */
  readonly agentsAt?: string;
}

/** One installation of Isola, run by its own command line inside a namespace, as an operator would. */
export class Installation {
  readonly home: string;
  readonly #options: InstallationOptions;
  #process: ChildProcess | undefined;
  #output = '';

  constructor(options: InstallationOptions) {
    this.#options = options;
    this.home = options.home;
  }

  /** `isola up`; returns when it printed its ready line. `env` carries fault points. */
  async up(env: NodeJS.ProcessEnv = {}, timeout = 240_000): Promise<void> {
    await mkdir(this.home, { recursive: true });
    await writeFile(join(this.home, 'isola.toml'), this.#configuration());
    this.#output = '';
    const child = spawn(
      'ip',
      [
        'netns',
        'exec',
        this.#options.namespace,
        process.execPath,
        cli,
        'up',
        '--config',
        join(this.home, 'isola.toml'),
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ISOLA_HOME: this.home, ...env },
      },
    );
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        this.#output += data.toString();
      });
    }
    await until(
      'the ready line',
      () => {
        if (child.exitCode !== null)
          throw new Error(`isola up ended with ${child.exitCode}:\n${this.#output}`);
        return Promise.resolve(/^ready http/m.test(this.#output));
      },
      timeout,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.#output}`);
    });
  }

  /** SIGTERM: the server stops in order, networks stay. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    await exited;
  }

  /** `isola down --purge`. */
  purge(): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.down('--purge');
  }

  /** `isola down`: everything stops. */
  async down(
    ...flags: readonly string[]
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const result = await tryRun(
      [
        'ip',
        'netns',
        'exec',
        this.#options.namespace,
        process.execPath,
        cli,
        'down',
        ...flags,
        '--config',
        join(this.home, 'isola.toml'),
      ],
      120_000,
    );
    await this.stop();
    return result;
  }

  /** Process ids of the management server (not of the supervisor). */
  async serverPids(): Promise<number[]> {
    const pids: number[] = [];
    for (const pid of await readdir('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (!command.includes('standalone/dist/main.js')) continue;
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      if (
        environment.split('\0').includes(`ISOLA_HOME=${this.home}`) &&
        command.split('\0')[0]?.endsWith('node') === true
      )
        pids.push(Number(pid));
    }
    return pids;
  }

  /** kill -9 of the management server alone; its supervisor starts it again. */
  async killServer(): Promise<void> {
    const pids = await this.serverPids();
    if (pids.length === 0) throw new Error('no management server runs');
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until('the killed server to be gone', async () =>
      (await this.serverPids()).every(pid => !pids.includes(pid)),
    );
  }

  /** The administrator's client. `socketPath` leads into the namespace. */
  async admin(socketPath: string): Promise<Api> {
    const keys = JSON.parse(await readFile(join(this.home, 'admin.json'), 'utf8')) as Credentials;
    return new Api(socketPath, keys);
  }

  get output(): string {
    return this.#output;
  }

  #configuration(): string {
    const [first, last] = this.#options.vlans ?? [100, 199];
    return [
      `home = "${this.home}"`,
      'listen = "127.0.0.1:8080"',
      `images = "${this.#options.images}"`,
      '[zone]',
      `dns = ["${internet.dns}"]`,
      '[public]',
      `cidr = "${internet.publicCidr}"`,
      `gateway = "${internet.publicGateway}"`,
      'first = "203.0.113.10"',
      `last = "${this.#options.lastPublicAddress ?? '203.0.113.200'}"`,
      'uplink = "uplink0"',
      '[guest]',
      `vlan_first = ${first}`,
      `vlan_last = ${last}`,
      ...(this.#options.agentsAt === undefined
        ? []
        : ['[agents]', 'listen = "0.0.0.0:8250"', `advertise = ["${this.#options.agentsAt}"]`]),
      '',
    ].join('\n');
  }
}
