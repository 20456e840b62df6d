import { join } from 'node:path';
import { type Place, placeOf } from './place.ts';
import { type Launcher, outcome, prefixed, success } from './program.ts';

export interface RouterShellParts {
  /** Where the routers' control link is. */
  readonly launcher: Launcher;
  /** Isola's command line. */
  readonly cli: string;
  readonly home: string;
  /** For sockets. */
  readonly folder: string;
}

/** Ways into routers by ssh over their control link, with the installation's key. One connection each: a handshake with an emulated machine takes seconds. */
export class RouterShells {
  readonly #with: RouterShellParts;
  readonly #argv = new Map<string, readonly string[]>();

  constructor(parts: RouterShellParts) {
    this.#with = parts;
  }

  /** The inside of a router, by its name. */
  async place(name: string): Promise<Place> {
    const argv = this.#argv.get(name) ?? this.#command(name, await this.#addressOf(name));
    this.#argv.set(name, argv);
    return placeOf(name, overShell(prefixed(this.#with.launcher, [...argv, '--'])));
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    for (const [ssh = '', ...rest] of this.#argv.values())
      await outcome(this.#with.launcher.program([ssh, '-O', 'exit', ...rest]));
  }

  async #addressOf(name: string): Promise<string> {
    const { launcher, cli, home } = this.#with;
    const query = ['listRouters', `name=${name}`, 'listall=true', '--get', 'router.0.linklocalip'];
    const argv = [process.execPath, cli, 'api', '--home', home, ...query];
    return (await success(argv, launcher.program(argv))).trim();
  }

  #command(name: string, address: string): readonly string[] {
    const { home, folder } = this.#with;
    const options = [
      'ControlMaster=auto',
      `ControlPath=${join(folder, `${name}.ssh`)}`,
      'ControlPersist=60',
      'ServerAliveInterval=5',
      'BatchMode=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
    ].flatMap(option => ['-o', option]);
    return ['ssh', '-i', join(home, 'ssh/id_ed25519'), '-p', '3922', ...options, `root@${address}`];
  }
}

/** Where the words go to a shell, which is to leave them as they are. */
function overShell(launcher: Launcher): Launcher {
  const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return { ...launcher, program: (argv, env) => launcher.program(argv.map(quoted), env) };
}
