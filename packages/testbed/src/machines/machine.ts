import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { captured } from '../world/capture.ts';
import { run } from '../world/exec.ts';
import { type Place, placeOf } from '../world/place.ts';
import {
  type Launcher,
  localProgram,
  type Outcome,
  outcome,
  type Program,
  success,
} from '../world/program.ts';
import { Channel } from './channel.ts';
import { identityScript, type MachineAddresses, networkFiles } from './identity.ts';
import {
  channelSocket,
  driveDevice,
  driveOption,
  monitorSocket,
  type NicName,
  nicDevice,
  nicNames,
  qemuCommand,
  tapOption,
} from './qemu.ts';
import { Monitor } from './qmp.ts';
import { bootTimeout, stateFile, type WarmHost } from './warm.ts';

export interface MachineOptions {
  /** Host name; short, it goes into interface names. */
  readonly name: string;
  /** Namespace with the bridges `mgmt`, `trunk` and `public`. */
  readonly namespace: string;
  readonly warm: WarmHost;
  readonly addresses: MachineAddresses;
  /** Raw disk that is plugged in as `/dev/vdc`; the machine may write, and the file stays as it is. */
  readonly disk?: string;
}

/** An emulated host with Debian's own kernel. */
export class Machine {
  readonly name: string;
  readonly addresses: MachineAddresses;
  readonly #options: MachineOptions;
  readonly #folder: string;
  readonly #macs: Readonly<Record<NicName, string>>;
  #qemu: Program | null = null;
  #channel: Channel | null = null;

  private constructor(options: MachineOptions, folder: string) {
    this.name = options.name;
    this.addresses = options.addresses;
    this.#options = options;
    this.#folder = folder;
    this.#macs = { mgmt: randomMac(), trunk: randomMac(), public: randomMac() };
  }

  /** A host that goes on from the warm one, with a name, keys, addresses and networks of its own. */
  static async restore(options: MachineOptions): Promise<Machine> {
    const folder = await mkdtemp(`/tmp/isola-machine-${options.name}-`);
    const machine = new Machine(options, folder);
    try {
      await makeOverlay(options.warm.disk, 'qcow2', machine.#disk);
      if (options.disk !== undefined) await makeOverlay(options.disk, 'raw', machine.#secondDisk);
      for (const nic of nicNames) await machine.#makeTap(nic);
      await machine.#resume();
    } catch (error) {
      const log = await run(['tail', '-c', '2000', join(folder, 'console.log')]).catch(() => '');
      await machine.remove();
      throw new Error(`${options.name} did not start: ${log}`, { cause: error });
    }
    return machine;
  }

  /** Runs a program inside; gives its standard output. Throws with what it printed when it fails. */
  run(argv: readonly string[], timeout = patience): Promise<string> {
    return success(argv, this.#inside.program(argv), timeout);
  }

  tryRun(argv: readonly string[], timeout = patience): Promise<Outcome> {
    return outcome(this.#inside.program(argv), timeout);
  }

  /** Starts a program inside that goes on. */
  start(argv: readonly string[], env?: Readonly<Record<string, string>>): Program {
    return this.#inside.program(argv, env);
  }

  /** Starts programs and probes inside, also after a restart. */
  get launcher(): Launcher {
    return {
      program: (argv, env) => this.#inside.program(argv, env),
      probe: args => this.#inside.probe(args),
    };
  }

  /** The host's own network as a place to send from. */
  get place(): Place {
    return placeOf(this.name, this.launcher);
  }

  /** Writes a file inside. */
  async write(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
    const argv = ['sh', '-c', 'umask 077; cat > "$0" && chmod "$1" "$0"', path, mode.toString(8)];
    const program = this.#inside.program(argv);
    program.input(Buffer.from(content));
    await success(argv, program, patience);
  }

  /** Lines of tcpdump about an interface inside, while `action` runs. */
  capture(
    options: { device: string; filter: string; flags?: readonly string[] },
    action: () => Promise<unknown>,
  ): Promise<string[]> {
    return captured(this.#inside, options, action);
  }

  /** Power cut. */
  async kill(): Promise<void> {
    this.#channel?.close();
    this.#channel = null;
    const qemu = this.#qemu;
    this.#qemu = null;
    qemu?.kill('SIGKILL');
    await qemu?.exited;
  }

  /** Power on after `kill`: the machine starts from its disk. Takes about half a minute. */
  async boot(): Promise<void> {
    const devices = this.#devices.flatMap(({ driver, ...properties }) => {
      const list = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
      return ['-device', [driver, ...list].join(',')];
    });
    await this.#start([...this.#command(null), ...devices], bootTimeout);
  }

  /** Nothing passes through the NIC, and the machine does not see why. */
  async cutNetwork(nic: NicName): Promise<void> {
    await this.#tapLink(nic, 'down');
  }

  async healNetwork(nic: NicName): Promise<void> {
    await this.#tapLink(nic, 'up');
  }

  /** Ends the machine and removes all that is of it. */
  async remove(): Promise<void> {
    await this.kill();
    for (const nic of nicNames)
      await run(['ip', '-n', this.#options.namespace, 'link', 'del', this.#tap(nic)]).catch(
        () => undefined,
      );
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #inside(): Channel {
    if (this.#channel === null) throw new Error(`${this.name} does not run`);
    return this.#channel;
  }

  get #disk(): string {
    return join(this.#folder, 'disk.qcow2');
  }

  get #secondDisk(): string {
    return join(this.#folder, 'second.qcow2');
  }

  /** What is plugged in after the warm machine goes on, or is there when it boots. */
  get #devices(): Readonly<Record<string, string>>[] {
    const second = this.#options.disk === undefined ? [] : [driveDevice('second')];
    return [...nicNames.map(nic => nicDevice(nic, this.#macs[nic])), ...second];
  }

  #tap(nic: NicName): string {
    return `${this.name}-${nic}`;
  }

  #tapLink(nic: NicName, state: 'up' | 'down'): Promise<string> {
    return run(['ip', '-n', this.#options.namespace, 'link', 'set', this.#tap(nic), state]);
  }

  async #makeTap(nic: NicName): Promise<void> {
    const inside = ['ip', '-n', this.#options.namespace];
    const tap = this.#tap(nic);
    await run([...inside, 'tuntap', 'add', 'dev', tap, 'mode', 'tap']);
    await run([...inside, 'link', 'set', tap, 'mtu', '9000', 'master', nic, 'up']);
  }

  #command(memory: string | null): string[] {
    const { warm, name } = this.#options;
    return [
      ...qemuCommand({
        name,
        image: warm.image,
        disk: this.#disk,
        inside: warm.inside,
        folder: this.#folder,
        memoryMiB: warm.memoryMiB,
        memory: memory === null ? null : { file: memory, mode: 'private' },
      }),
      ...nicNames.flatMap(nic => tapOption(nic, this.#tap(nic))),
      ...(this.#options.disk === undefined ? [] : driveOption('second', this.#secondDisk)),
    ];
  }

  async #resume(): Promise<void> {
    const { warm, addresses, name } = this.#options;
    const monitor = await this.#launch([...this.#command(warm.memory), '-incoming', 'defer']);
    await monitor.keepMemoryInFile();
    await monitor.execute('migrate-incoming', { uri: `exec:cat ${stateFile}` });
    await monitor.migrated();
    await monitor.execute('cont');
    this.#channel = await Channel.open(channelSocket(this.#folder), patience);
    const now = (Date.now() / 1000).toFixed(3);
    const entropy = randomBytes(32).toString('hex');
    await this.run(['sh', '-c', identityScript, name, newMachineId(), now, entropy]);
    for (const [path, content] of networkFiles(addresses)) await this.write(path, content);
    await this.run(['networkctl', 'reload']);
    for (const device of this.#devices) await monitor.execute('device_add', device);
    monitor.close();
    await this.#waitForNetwork();
    await this.run(['sync']);
  }

  async #start(command: readonly string[], timeout: number): Promise<void> {
    const monitor = await this.#launch(command);
    monitor.close();
    this.#channel = await Channel.open(channelSocket(this.#folder), timeout);
    await this.#waitForNetwork();
  }

  async #launch(command: readonly string[]): Promise<Monitor> {
    for (const socket of [monitorSocket(this.#folder), channelSocket(this.#folder)])
      await rm(socket, { force: true });
    const inFolder = ['env', '-C', this.#options.warm.folder];
    const inNamespace = ['ip', 'netns', 'exec', this.#options.namespace];
    const qemu = localProgram([...notOutliving, ...inFolder, ...inNamespace, ...command]);
    this.#qemu = qemu;
    let errors = '';
    qemu.onOutput((_, data) => {
      errors += data.toString();
    });
    return await Promise.race([
      Monitor.open(monitorSocket(this.#folder)),
      qemu.exited.then(code => {
        throw new Error(`QEMU ended with ${code}: ${errors}`);
      }),
    ]);
  }

  async #waitForNetwork(): Promise<void> {
    const wait = ['/lib/systemd/systemd-networkd-wait-online', '--timeout=240'];
    const states = nicNames.map(nic => `${nic}0:${nic in this.addresses ? 'degraded' : 'carrier'}`);
    await this.run([...wait, ...states.map(state => `--interface=${state}`)], 5 * 60_000);
  }
}

/** How long a program inside may take, in ms, unless told otherwise: the machine that emulates may be busy. */
const patience = 180_000;

/** A file for what changes on a disk that several machines read. */
async function makeOverlay(below: string, format: 'raw' | 'qcow2', file: string): Promise<void> {
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', format, '-b', below, file]);
}

/**
 * An emulator must not outlive the test that started it. In a session of its own, it has a share of the processors of its own: the
 * kernel gives one to each session.
 */
const notOutliving = ['setsid', 'setpriv', '--pdeathsig', 'KILL', '--'];

/** Locally administered. */
function randomMac(): string {
  return ['02', ...(randomBytes(5).toString('hex').match(/../g) ?? [])].join(':');
}

function newMachineId(): string {
  return randomBytes(16).toString('hex');
}
