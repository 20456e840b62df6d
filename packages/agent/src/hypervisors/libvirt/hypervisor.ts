import { rm } from 'node:fs/promises';
import type { GuestSpec, MigrationTarget, NicSpec } from '@isola/agent-protocol';
import type { Instances } from '../../instances.ts';
import type { Hypervisor, HypervisorFacts, Startable } from '../hypervisor.ts';
import { sharedStorageId } from './disks.ts';
import { prepareGuestMachine, removeSharedDisk } from './guest-machine.ts';
import { type MigrationParts, Migrations } from './migration/migration.ts';
import type { RouterMachines } from './router-machines.ts';
import { Watcher } from './watcher.ts';

export interface LibvirtParts extends MigrationParts {
  readonly instances: Instances;
  readonly routers: RouterMachines;
  /** Called when a watched instance is gone. */
  readonly onGone: (id: string) => void;
  /** Runs a program in a router, over its control link. */
  readonly runInRouter: Hypervisor['inNetworkOf'];
}

/** Virtual machines of QEMU through libvirt, over templates that the host fetched. */
export class LibvirtHypervisor implements Hypervisor {
  readonly cables = 'tap';
  readonly images = null;
  readonly inNetworkOf: Hypervisor['inNetworkOf'];
  readonly #parts: LibvirtParts;
  readonly #watcher: Watcher;
  readonly #migrations: Migrations;

  constructor(parts: LibvirtParts) {
    this.#parts = parts;
    this.#watcher = new Watcher(() => parts.machines.running(), parts.onGone);
    this.#migrations = new Migrations(parts);
    this.inNetworkOf = parts.runInRouter;
  }

  async facts(): Promise<HypervisorFacts> {
    const { virsh, accelerated, sharedStorage } = this.#parts;
    return {
      hypervisor: 'KVM',
      hypervisorVersion: versionOf(await virsh.run(['version'])),
      accelerated,
      sharedStorage: sharedStorage === null ? null : await sharedStorageId(sharedStorage),
    };
  }

  prepare(instance: Startable): Promise<void> {
    return instance.kind === 'guest'
      ? prepareGuestMachine(this.#parts, instance.spec)
      : this.#parts.routers.prepare(instance.spec, instance.boot);
  }

  async start(id: string): Promise<void> {
    const { instances, routers, machines } = this.#parts;
    const record = await instances.read(id);
    await (record?.kind === 'router' ? routers : machines).start(id);
  }

  /** A router that was not told what it is to be is as good as one that does not run: its start was cut short. */
  async runs(id: string): Promise<boolean> {
    const { instances, machines, routers } = this.#parts;
    if (!(await machines.runs(id))) return false;
    const record = await instances.read(id);
    return record?.kind !== 'router' || routers.hasStarted(id);
  }

  setNics(id: string, nics: readonly NicSpec[]): Promise<void> {
    return this.#parts.machines.setNics(id, nics);
  }

  stop(id: string, graceSeconds: number | null): Promise<void> {
    return this.#parts.machines.stop(id, graceSeconds);
  }

  async destroy(id: string): Promise<void> {
    this.#migrations.release(id);
    const record = await this.#parts.instances.read(id);
    await this.#parts.machines.undefine(id);
    if (record?.kind === 'guest') await removeSharedDisk(this.#parts.sharedStorage, record.spec);
    await rm(this.#parts.instances.folderOf(id), { recursive: true, force: true });
  }

  async forget(id: string): Promise<void> {
    this.#migrations.release(id);
    await this.#parts.machines.undefine(id);
    await rm(this.#parts.instances.folderOf(id), { recursive: true, force: true });
  }

  expect(spec: GuestSpec): Promise<MigrationTarget> {
    return this.#migrations.expect(spec);
  }

  send(id: string, target: MigrationTarget): Promise<void> {
    return this.#migrations.send(id, target);
  }

  reached(id: string): void {
    this.#parts.routers.reached(id);
  }

  watch(id: string): Promise<void> {
    // One that is watched has come, if it came.
    this.#migrations.release(id);
    this.#watcher.watch(id);
    return Promise.resolve();
  }

  unwatch(id: string): void {
    this.#watcher.unwatch(id);
  }

  close(): void {
    this.#watcher.close();
    this.#migrations.close();
    this.#parts.virsh.close();
  }
}

/** From `Using library: libvirt 9.0.0` and the like. */
function versionOf(text: string): string {
  const libvirt = /^Using library: (.+)$/m.exec(text)?.[1];
  const qemu = /^Running hypervisor: (.+)$/m.exec(text)?.[1];
  return [libvirt, qemu].filter(part => part !== undefined).join(', ');
}
