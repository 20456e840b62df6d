import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NicSpec } from '@isola/agent-protocol';
import type { Instances } from '../../instances.ts';
import type { Names } from '../../names.ts';
import { type DomainNic, type DomainSettings, renderDomain, renderNic } from './domain.ts';
import { isUnknownDomain, type Virsh } from './virsh.ts';
import { VirshError } from './virsh-session.ts';

const pollMs = 100;
/** How long a guest may take to let go of a NIC. */
const unplugMs = 20_000;

/** What a machine is defined by. */
export type MachineSettings = Omit<DomainSettings, 'limitsCpu'>;

/** The domains of one installation, by the ids of their instances, which are their UUIDs. */
export class Machines {
  readonly #virsh: Virsh;
  readonly #names: Names;
  readonly #instances: Instances;
  readonly #onUnlimited: (error: unknown) => void;
  readonly #defined = new Map<string, MachineSettings>();
  /** Until libvirt says that it cannot: nothing else tells. */
  #limitsCpu = true;

  constructor(parts: {
    readonly virsh: Virsh;
    readonly names: Names;
    readonly instances: Instances;
    /** Told once, when libvirt turns out to have no control groups: CPU limits are not kept then. */
    readonly onUnlimited: (error: unknown) => void;
  }) {
    this.#onUnlimited = parts.onUnlimited;
    this.#virsh = parts.virsh;
    this.#names = parts.names;
    this.#instances = parts.instances;
  }

  /** Writes the definition and gives it to libvirt; one that was there is replaced. */
  async define(settings: MachineSettings): Promise<void> {
    const id = settings.uuid;
    const name = await this.#nameFor(id, settings.name);
    const file = join(await this.folder(id), 'domain.xml');
    const text = renderDomain({ ...settings, name, limitsCpu: this.#limitsCpu });
    await writeFile(file, text, { mode: 0o600 });
    await this.#virsh.run(['define', file, '--validate']);
    this.#defined.set(id, settings);
  }

  /** Starts a domain that was defined before. */
  async start(id: string): Promise<void> {
    try {
      await this.#virsh.run(['start', id]);
    } catch (error) {
      const settings = this.#defined.get(id);
      if (settings === undefined || !this.#limitsCpu || !isWithoutControlGroups(error)) throw error;
      this.#limitsCpu = false;
      this.#onUnlimited(error);
      await this.define(settings);
      await this.#virsh.run(['start', id]);
    }
  }

  /** Whether it is there and not shut off; one that is paused counts as running. */
  async runs(id: string): Promise<boolean> {
    const state = await this.#ask(['domstate', id]);
    return state !== null && state.trim() !== 'shut off' && state.trim() !== 'crashed';
  }

  /** UUIDs of all domains that run, other installations' too. */
  async running(): Promise<ReadonlySet<string>> {
    const list = await this.#virsh.run(['list', '--uuid']);
    return new Set(list.split('\n').filter(line => line !== ''));
  }

  /** Cuts its power, after it was asked to shut down and had `graceSeconds`. */
  async stop(id: string, graceSeconds: number | null): Promise<void> {
    if (!(await this.runs(id))) return;
    if (graceSeconds !== null && (await this.#shutDown(id, graceSeconds))) return;
    try {
      await this.#virsh.run(['destroy', id]);
    } catch (error) {
      if (await this.runs(id)) throw error;
    }
  }

  /** Stops it and makes libvirt forget it. */
  async undefine(id: string): Promise<void> {
    await this.stop(id, null);
    this.#defined.delete(id);
    await this.#ask(['undefine', id, '--managed-save', '--snapshots-metadata', '--nvram']);
  }

  /** Plugs NICs in and out of a running domain until they are these. */
  async setNics(id: string, nics: readonly NicSpec[]): Promise<void> {
    const wanted = nics.map(nic => this.nicOf(id, nic));
    const there = await this.#nicsOf(id);
    for (const nic of there)
      if (!wanted.some(one => one.port === nic.port && one.mac === nic.mac))
        await this.#unplug(id, nic);
    for (const nic of wanted) {
      if (there.some(one => one.port === nic.port && one.mac === nic.mac)) continue;
      await this.#virsh.run(['attach-device', id, await this.#nicFile(id, nic), '--live']);
    }
  }

  /** How a domain has a NIC. */
  nicOf(id: string, { device, mac, mtu }: NicSpec): DomainNic {
    return { port: this.#names.cable(id, device).host, mac, mtu };
  }

  /** The instance's folder, which is made if need be. */
  async folder(id: string): Promise<string> {
    const folder = this.#instances.folderOf(id);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** The instance's own name, by which people look for it and its log, unless another installation's has it. */
  async #nameFor(id: string, name: string): Promise<string> {
    const known = await this.#ask(['domname', id]);
    if (known !== null) return known.trim();
    const other = await this.#ask(['domuuid', name]);
    return other === null ? name : `${name}.${this.#names.id}`;
  }

  async #shutDown(id: string, graceSeconds: number): Promise<boolean> {
    const deadline = Date.now() + graceSeconds * 1000;
    await this.#ask(['shutdown', id]);
    while (await this.runs(id)) {
      if (Date.now() > deadline) return false;
      await delay(pollMs);
    }
    return true;
  }

  async #unplug(id: string, nic: DomainNic): Promise<void> {
    const file = await this.#nicFile(id, nic);
    const deadline = Date.now() + unplugMs;
    for (;;) {
      // The guest decides when: libvirt waits a little, and may have to ask again.
      const failure = await this.#virsh.run(['detach-device', id, file, '--live']).then(
        () => null,
        (error: unknown) => error,
      );
      const left = await this.#nicsOf(id);
      if (!left.some(one => one.port === nic.port)) return rm(file, { force: true });
      if (Date.now() > deadline)
        throw new Error(`the guest does not let go of NIC ${nic.mac}`, { cause: failure });
      await delay(pollMs);
    }
  }

  async #nicFile(id: string, nic: DomainNic): Promise<string> {
    const file = join(await this.folder(id), `nic-${nic.port}.xml`);
    await writeFile(file, renderNic(nic), { mode: 0o600 });
    return file;
  }

  /** NICs of the running domain: a table with the tap device first and the MAC last. */
  async #nicsOf(id: string): Promise<readonly DomainNic[]> {
    const table = await this.#virsh.run(['domiflist', id]);
    return table.split('\n').flatMap(line => {
      const words = line.trim().split(/\s+/);
      const [port, kind] = words;
      const mac = words.at(-1);
      if (port === undefined || mac === undefined || kind !== 'ethernet') return [];
      return [{ port, mac, mtu: 0 }];
    });
  }

  /** Runs a command; `null` when libvirt does not know the domain. */
  async #ask(words: readonly string[]): Promise<string | null> {
    try {
      return await this.#virsh.run(words);
    } catch (error) {
      if (isUnknownDomain(error)) return null;
      throw error;
    }
  }
}

function isWithoutControlGroups(error: unknown): boolean {
  return error instanceof VirshError && /cgroup/i.test(error.message);
}
