import { captured } from '../world/capture.ts';
import { run, start } from '../world/exec.ts';
import { localLauncher } from '../world/program.ts';
import { cacheFolder } from './cache.ts';
import { hostImage } from './image.ts';
import { Machine, type MachineOptions } from './machine.ts';
import { type NicName, nicNames } from './qemu.ts';
import { type WarmHost, warmHost } from './warm.ts';

/** Of a test host: five virtual machines, and what runs them. */
const memoryMiB = 3072;

/** The test's own address on `mgmt`. */
export const labAddress = '10.200.0.254';

const givePort = 8099;

/** Gives the file that is named on the command line to whoever asks. */
const giveScript = `const { createReadStream } = require('node:fs');
require('node:http')
  .createServer((_, response) => createReadStream(process.argv[1]).pipe(response))
  .listen(${givePort}, '${labAddress}', () => console.log('{}'));
process.stdin.resume().on('end', () => process.exit(0));`;

/** Builds the host image and starts it once, unless both were done. Takes minutes; `say` hears what is being done. */
export async function prepareMachines(say: (line: string) => void): Promise<WarmHost> {
  const image = await hostImage(cacheFolder, say);
  return await warmHost(image, { cache: cacheFolder, memoryMiB }, say);
}

/** A room of machines on three networks: each network is a bridge that passes whatever it gets, 802.1Q too. */
export class Lab {
  readonly namespace: string;
  readonly machines: Machine[] = [];

  private constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** `prefix` is short and nobody else's: the namespace is named after it. */
  static async make(prefix: string): Promise<Lab> {
    const lab = new Lab(`${prefix}l`);
    await run(['ip', 'netns', 'add', lab.namespace]);
    for (const bridge of nicNames) {
      const kind = ['type', 'bridge', 'mcast_snooping', '0', 'forward_delay', '0'];
      await lab.#ip('link', 'add', bridge, 'mtu', '9000', ...kind);
      await lab.#ip('link', 'set', bridge, 'up');
    }
    await lab.#ip('link', 'set', 'lo', 'up');
    await lab.#ip('addr', 'add', `${labAddress}/24`, 'dev', 'mgmt');
    return lab;
  }

  /** Plugs an interface of the lab's namespace into one of the networks. */
  async plug(device: string, network: NicName): Promise<void> {
    await this.#ip('link', 'set', device, 'mtu', '9000', 'master', network, 'up');
  }

  /** Adds a machine: `number` (from 1) is the last part of its addresses, 10.200.0.0/24 on `mgmt`, 10.201.0.0/24 on `trunk`. */
  async add(
    name: string,
    number: number,
    options: Pick<MachineOptions, 'disk'> = {},
  ): Promise<Machine> {
    const warm = await prepareMachines(line => process.stderr.write(`${line}\n`));
    const machine = await Machine.restore({
      name,
      namespace: this.namespace,
      warm,
      ...options,
      addresses: { mgmt: `10.200.0.${number}/24`, trunk: `10.201.0.${number}/24` },
    });
    this.machines.push(machine);
    return machine;
  }

  /** Copies a file of this machine into one of the lab's, by `mgmt`: the line of `Machine.write` is too slow for large ones. */
  async give(machine: Machine, file: string, path: string): Promise<void> {
    const inside = ['ip', 'netns', 'exec', this.namespace];
    const server = await start([...inside, process.execPath, '-e', giveScript, file]);
    const url = `http://${labAddress}:${givePort}/`;
    await machine.run(['curl', '-sSf', '-o', path, url], 5 * 60_000);
    await server.end();
  }

  /** A cable from one of the networks to an interface `device` of a namespace of this machine. */
  async cable(namespace: string, device: string, network: NicName): Promise<void> {
    const port = `${device}-port`;
    const cable = ['link', 'add', port, 'type', 'veth', 'peer', 'name', device];
    await this.#ip(...cable, 'netns', namespace);
    await this.plug(port, network);
    await run(['ip', '-n', namespace, 'link', 'set', device, 'up']);
  }

  /** Frames on a network, with their link-level headers, while `action` runs. */
  capture(network: NicName, filter: string, action: () => Promise<unknown>): Promise<string[]> {
    const launcher = localLauncher(['ip', 'netns', 'exec', this.namespace], '');
    return captured(launcher, { device: network, filter, flags: ['-e'] }, action);
  }

  async remove(): Promise<void> {
    await Promise.all(this.machines.map(machine => machine.remove()));
    await run(['ip', 'netns', 'del', this.namespace]);
  }

  #ip(...args: readonly string[]): Promise<string> {
    return run(['ip', '-n', this.namespace, ...args]);
  }
}
