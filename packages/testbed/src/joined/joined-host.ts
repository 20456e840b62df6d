import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { containerPid } from '../world/containers.ts';
import { run, until } from '../world/exec.ts';
import { testImages } from '../world/images.ts';
import { launcherIn } from '../world/place.ts';
import { type World } from '../world/world.ts';

const cli = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));

/** Addresses of server and host on the network between them. */
export const serverAddress = '192.0.2.1';
const hostAddress = '192.0.2.2';
const publicInterface = 'public0';

/** A second machine (a network namespace) whose containers are commanded by a world's server, over a cable. */
export class JoinedHost {
  readonly name: string;
  readonly home: string;
  readonly namespace: string;
  /** Lines of the agent's log. */
  readonly log: string[] = [];
  readonly #world: World;
  readonly #config: string;
  /** The agent's one file, fetched from the server. */
  readonly #program: string;
  #agent: ChildProcess | null = null;

  private constructor(world: World, name: string) {
    this.#world = world;
    this.name = name;
    this.namespace = `${world.namespace}b`;
    this.home = join(world.folder, name);
    this.#config = join(world.folder, `${name}-settings`, 'agent.json');
    this.#program = join(world.folder, 'isola-agent.cjs');
  }

  /** Lays the cable. The machine has not joined yet. */
  static async make(world: World, name: string): Promise<JoinedHost> {
    const host = new JoinedHost(world, name);
    await run(['ip', 'netns', 'add', host.namespace]);
    const cable = ['ip', 'link', 'add', 'trunk', 'netns', world.namespace, 'type', 'veth'];
    await run([...cable, 'peer', 'name', 'trunk', 'netns', host.namespace]);
    for (const [namespace, address] of [
      [world.namespace, serverAddress],
      [host.namespace, hostAddress],
    ] as const) {
      await run(['ip', '-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'trunk']);
      await run(['ip', '-n', namespace, 'link', 'set', 'trunk', 'up']);
    }
    await run(['ip', '-n', host.namespace, 'link', 'set', 'lo', 'up']);
    // Nobody is on its public network.
    const ends = [publicInterface, 'type', 'veth', 'peer', 'name', 'nobody'];
    await run(['ip', '-n', host.namespace, 'link', 'add', ...ends]);
    await mkdir(host.home, { recursive: true });
    await chmod(host.home, 0o711);
    return host;
  }

  /** What `isola agent token` prints on the server's machine. */
  async tokenText(): Promise<string> {
    const { namespace, isola } = this.#world;
    const config = join(isola.home, 'isola.toml');
    const command = [process.execPath, cli, 'agent', 'token', '--hypervisor', 'LXC'];
    return run(['ip', 'netns', 'exec', namespace, ...command, '--config', config]);
  }

  /** Fetches the agent's program with the lines of that text that do so, which compare its checksum. */
  async fetchProgram(text: string): Promise<void> {
    const lines = text.split(/ &&\n/).filter(line => /^(curl|echo '\w+ )/m.test(line));
    const command = ['sh', '-ec', ['cd "$0"', ...lines].join('\n'), this.#world.folder];
    await run(['ip', 'netns', 'exec', this.namespace, ...command]);
  }

  /** `install` by the agent's one file: the images are those that the clone built, for they have the same recipes. */
  async install(token: string): Promise<void> {
    const file = join(this.#world.folder, 'token');
    await writeFile(file, token, { mode: 0o600 });
    const server = ['--server', `https://${serverAddress}:8250`, '--token-file', file];
    const host = ['--hypervisor', 'LXC', '--name', this.name, '--home', this.home];
    const rest = ['--images', await testImages(), '--public-interface', publicInterface];
    await this.cli('install', [...server, ...host, ...rest, '--no-service']);
  }

  /** Another command of `isola agent` on this machine; gives its output. */
  cli(command: string, words: readonly string[] = []): Promise<string> {
    const line = [process.execPath, this.#program, command, '--config', this.#config, ...words];
    return run(['ip', 'netns', 'exec', this.namespace, ...line], { timeout: 240_000 });
  }

  /** Changes a value of the agent's settings; it counts from the agent's next start. */
  async set(key: string, value: unknown): Promise<void> {
    const settings = JSON.parse(await readFile(this.#config, 'utf8')) as Record<string, unknown>;
    await writeFile(this.#config, JSON.stringify({ ...settings, [key]: value }));
  }

  start(): void {
    const line = [process.execPath, this.#program, 'run', '--config', this.#config];
    const child = spawn('ip', ['netns', 'exec', this.namespace, ...line], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.log.push(...text.split('\n').filter(each => each !== ''));
    });
    this.#agent = child;
  }

  /** Ends the agent: without a word unless told otherwise. */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#agent;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  /** The cable between server and host. */
  async cable(state: 'up' | 'down'): Promise<void> {
    await run(['ip', '-n', this.namespace, 'link', 'set', 'trunk', state]);
  }

  /** Waits until `listHosts` says so. Gives the milliseconds that took. */
  async until(state: string, timeout = 30_000): Promise<number> {
    const started = performance.now();
    await until(
      `host ${this.name} ${state}`,
      async () => {
        const hosts = await this.#world.admin.list('listHosts', { name: this.name });
        return hosts[0]?.['state'] === state;
      },
      timeout,
    );
    return performance.now() - started;
  }

  /** Process id of an instance's init; throws when it does not run here. */
  pid(instanceName: string): Promise<number> {
    return containerPid({ launcher: launcherIn(this.namespace), home: this.home }, instanceName);
  }

  async remove(): Promise<void> {
    await this.end('SIGTERM');
    await this.cli('uninstall').catch((error: unknown) =>
      process.stderr.write(`${String(error)}\n`),
    );
    await run(['ip', 'netns', 'del', this.namespace]);
  }
}
