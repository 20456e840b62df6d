import { type Place, placeOf } from '../world/place.ts';
import { outcome } from '../world/program.ts';
import { Channel } from './channel.ts';
import type { Machine } from './machine.ts';

const virsh = ['virsh', '--quiet', '--connect', 'qemu:///system'];

/** The name by which the test guest looks for its line. */
const lineName = 'isola.test';

/** A virtual machine inside an emulated one may boot for this long. */
const bootTimeout = 300_000;

/** Joins standard input and output with the socket at the path that follows. */
const joinScript = `const socket = require('node:net').connect(process.argv[1]);
process.stdin.pipe(socket).pipe(process.stdout);
socket.on('close', () => process.exit(0));`;

/** Ways into the virtual machines of an emulated host. */
export class MachineDomains {
  readonly #machine: Machine;
  readonly #lines = new Map<string, Channel>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  async runs(name: string): Promise<boolean> {
    const { code, stdout } = await outcome(
      this.#machine.launcher.program([...virsh, 'domstate', name]),
    );
    return code === 0 && stdout.trim() === 'running';
  }

  /** libvirt's definition of a running one. */
  definition(name: string): Promise<string> {
    return this.#machine.run([...virsh, 'dumpxml', name]);
  }

  /** The inside of a guest that was made of the test's template, by a line of the test's own: no network is needed for it. */
  async network(name: string): Promise<Place> {
    const id = (await this.#machine.run([...virsh, 'domid', name])).trim();
    const key = `${name} ${id}`;
    const line = this.#lines.get(key) ?? (await this.#connect(name));
    this.#lines.set(key, line);
    return placeOf(name, line);
  }

  close(): void {
    for (const line of this.#lines.values()) line.close();
  }

  async #connect(name: string): Promise<Channel> {
    // One that moved here has the port already.
    if ((await this.#socket(name)) === null) {
      const file = `/root/${name}-line.xml`;
      const target = `<target type='virtio' name='${lineName}'/>`;
      await this.#machine.write(file, `<channel type='unix'>${target}</channel>`);
      await this.#machine.run([...virsh, 'attach-device', name, file, '--live']);
    }
    const socket = await this.#socket(name);
    if (socket === null) throw new Error(`${name} has no port ${lineName}`);
    const program = this.#machine.launcher.program(['node', '-e', joinScript, socket]);
    try {
      return await Channel.over(program, bootTimeout);
    } catch (cause) {
      throw new Error(`${name} does not answer; its console ends: ${await this.#console(name)}`, {
        cause,
      });
    }
  }

  async #console(name: string): Promise<string> {
    const [, file = ''] = /<log file='([^']+)'/.exec(await this.definition(name)) ?? [];
    return await this.#machine.run(['tail', '-c', '1500', file]);
  }

  async #socket(name: string): Promise<string | null> {
    const channels = (await this.definition(name)).match(/<channel type='unix'>.*?<\/channel>/gs);
    const own = channels?.find(channel => channel.includes(`name='${lineName}'`));
    return /<source mode='bind' path='([^']+)'/.exec(own ?? '')?.[1] ?? null;
  }
}
