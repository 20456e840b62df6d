import { Api, type Credentials } from './api.ts';
import { until } from './exec.ts';
import { internet } from './internet.ts';
import { type Outcome, outcome, type Program, success } from './program.ts';
import type { Site } from './site.ts';

export interface InstallationOptions {
  readonly lastPublicAddress?: string;
  readonly vlans?: readonly [number, number];
  /** Address by which other hosts reach the server; it listens to their agents when there is one. */
  readonly agentsAt?: string;
  readonly isolation?: 'VLAN' | 'VXLAN';
}

/** One installation of Isola, run by its own command line on a machine, as an operator would. */
export class Installation {
  readonly home: string;
  readonly #site: Site;
  readonly #options: InstallationOptions;
  #process: { readonly program: Program; ended: number | null } | null = null;
  #output = '';

  constructor(site: Site, options: InstallationOptions) {
    this.#site = site;
    this.#options = options;
    this.home = site.home;
  }

  /** `isola up`; returns when it printed its ready line. `env` carries fault points. */
  async up(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#site.write(this.#file, this.#configuration());
    this.#output = '';
    const program = this.#site.launcher.program([...this.#site.cli, 'up', '--config', this.#file], {
      ISOLA_HOME: this.home,
      ...env,
    });
    const running: { program: Program; ended: number | null } = { program, ended: null };
    this.#process = running;
    program.onOutput((_, data) => {
      this.#output += data.toString();
    });
    void program.exited.then(code => {
      running.ended = code;
    });
    await until(
      'the ready line',
      () => {
        if (running.ended !== null)
          throw new Error(`isola up ended with ${running.ended}:\n${this.#output}`);
        return Promise.resolve(/^ready http/m.test(this.#output));
      },
      this.#site.upTimeout,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.#output}`);
    });
  }

  /** SIGTERM: the server stops in order, networks stay. */
  async stop(): Promise<void> {
    if (this.#process === null || this.#process.ended !== null) return;
    this.#process.program.kill('SIGTERM');
    await this.#process.program.exited;
  }

  /** `isola down --purge`. */
  purge(): Promise<Outcome> {
    return this.down('--purge');
  }

  /** `isola down`: everything stops. */
  async down(...flags: readonly string[]): Promise<Outcome> {
    const argv = [...this.#site.cli, 'down', ...flags, '--config', this.#file];
    const result = await outcome(this.#site.launcher.program(argv), 120_000);
    await this.stop();
    return result;
  }

  /** Runs `isola` as an operator would; gives what it printed. */
  command(...words: readonly string[]): Promise<string> {
    const argv = [...this.#site.cli, ...words];
    return success(argv, this.#site.launcher.program(argv, { ISOLA_HOME: this.home }));
  }

  /** Process ids of the management server (not of the supervisor). */
  async serverPids(): Promise<number[]> {
    // As `pgrep` does, but by the environment too: other installations have servers as well.
    const script = `for pid in $(pgrep -f 'standalone/dist/main[.]js'); do
      if tr '\\0' '\\n' < /proc/$pid/environ 2> /dev/null | grep -qxF "ISOLA_HOME=$0" &&
        head -zn1 /proc/$pid/cmdline | grep -qz 'node$'; then echo $pid; fi
    done`;
    const argv = ['sh', '-c', script, this.home];
    const found = await success(argv, this.#site.launcher.program(argv));
    return found
      .split('\n')
      .filter(line => line !== '')
      .map(Number);
  }

  /** kill -9 of the management server alone; its supervisor starts it again. */
  async killServer(): Promise<void> {
    const pids = await this.serverPids();
    if (pids.length === 0) throw new Error('no management server runs');
    const kill = ['kill', '-9', ...pids.map(String)];
    await success(kill, this.#site.launcher.program(kill));
    await until('the killed server to be gone', async () =>
      (await this.serverPids()).every(pid => !pids.includes(pid)),
    );
  }

  /** The administrator's client. `socketPath` leads into the namespace. */
  async admin(socketPath: string): Promise<Api> {
    const keys = JSON.parse(await this.#site.read(`${this.home}/admin.json`)) as Credentials;
    return new Api(socketPath, keys);
  }

  get output(): string {
    return this.#output;
  }

  get #file(): string {
    return `${this.home}/isola.toml`;
  }

  #configuration(): string {
    const [first, last] = this.#options.vlans ?? [100, 199];
    return [
      `home = "${this.home}"`,
      `listen = "${this.#site.apiAddress}:8080"`,
      `images = "${this.#site.images}"`,
      ...this.#site.settings,
      '[zone]',
      `dns = ["${internet.dns}"]`,
      '[public]',
      `cidr = "${internet.publicCidr}"`,
      `gateway = "${internet.publicGateway}"`,
      'first = "203.0.113.10"',
      `last = "${this.#options.lastPublicAddress ?? '203.0.113.200'}"`,
      `uplink = "${this.#site.uplink}"`,
      '[guest]',
      `isolation = "${this.#options.isolation ?? 'VLAN'}"`,
      `vlan_first = ${first}`,
      `vlan_last = ${last}`,
      ...(this.#options.agentsAt === undefined
        ? []
        : ['[agents]', 'listen = "0.0.0.0:8250"', `advertise = ["${this.#options.agentsAt}"]`]),
      '',
    ].join('\n');
  }
}
