import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { GuestSpec, MigrationTarget } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { type GuestMachineParts, isShared, prepareGuestFiles } from '../guest-machine.ts';
import type { Virsh } from '../virsh.ts';
import { libvirtSocketIn, moveEnds, moveUris, socketOf } from './ends.ts';
import { type Relay, receiveRelay, sendRelay } from './relay.ts';

export interface MigrationParts extends GuestMachineParts {
  readonly virsh: Virsh;
  readonly libvirtUri: string;
  /** Address on the underlay at which this host receives guests; `null` on a single machine. */
  readonly address: string | null;
}

/** How long a host waits for a guest that was announced. */
const expectMs = 30 * 60_000;
/** A guest that changes its memory faster than it is sent is held still after this many seconds. */
const patienceSeconds = 300;
const pollMs = 200;

/** Guests that come and go while they run. */
export class Migrations {
  readonly #parts: MigrationParts;
  readonly #expected = new Map<string, { readonly relay: Relay; readonly timer: NodeJS.Timeout }>();

  constructor(parts: MigrationParts) {
    this.#parts = parts;
  }

  /** Makes what the guest needs here, and waits for it. Its ports exist. */
  async expect(spec: GuestSpec): Promise<MigrationTarget> {
    const { address, libvirtUri, machines } = this.#parts;
    if (address === null)
      throw new IsolaError('resource_unavailable', {
        reason: `Host ${hostname()} has no underlay address at which it could receive a guest`,
      });
    if (!(await machines.runs(spec.id))) await prepareGuestFiles(this.#parts, spec);
    this.release(spec.id);
    const key = randomBytes(32).toString('hex');
    const ends = moveEnds(spec.id, socketOf(libvirtUri));
    const relay = await receiveRelay({ address, key, ends });
    const timer = setTimeout(() => this.release(spec.id), expectMs);
    timer.unref();
    this.#expected.set(spec.id, { relay, timer });
    return { address, port: relay.port, key, copyDisk: !isShared(this.#parts, spec) };
  }

  /** No longer waits for the guest: it is here, or will not come. */
  release(id: string): void {
    const expected = this.#expected.get(id);
    if (expected === undefined) return;
    clearTimeout(expected.timer);
    expected.relay.close();
    this.#expected.delete(id);
  }

  /** Sends a running guest. When it resolves the guest runs there, and libvirt here has forgotten it. */
  async send(id: string, target: MigrationTarget): Promise<void> {
    const { machines, virsh } = this.#parts;
    await this.#awaitEarlierMove(id);
    if (!(await machines.runs(id)))
      throw new IsolaError('resource_unavailable', { reason: `${id} does not run` });
    const folder = await machines.folder(id);
    const socket = libvirtSocketIn(folder);
    await rm(socket, { force: true });
    const relay = await sendRelay(target, moveEnds(id, socket));
    try {
      await virsh.run(migrateCommand(id, folder, target));
    } finally {
      relay.close();
      await rm(socket, { force: true });
    }
  }

  close(): void {
    for (const id of this.#expected.keys()) this.release(id);
  }

  /** One that an agent before this one began ends by itself, one way or the other: its way to the other host is gone. */
  async #awaitEarlierMove(id: string): Promise<void> {
    const { machines, virsh } = this.#parts;
    while (await machines.runs(id)) {
      const job = await virsh.run(['domjobinfo', id]);
      if (/^Job type:\s+None/m.test(job)) return;
      await delay(pollMs);
    }
  }
}

function migrateCommand(id: string, folder: string, { copyDisk }: MigrationTarget) {
  const uris = moveUris(id, folder);
  const { hostname: listen } = new URL(uris.memory);
  // The template below the disk is at both hosts: only the guest's own layer goes along.
  const disk = copyDisk ? ['--copy-storage-inc', '--disks-uri', uris.disk] : [];
  const memory = ['--migrateuri', uris.memory, '--listen-address', listen];
  const pace = ['--auto-converge', '--timeout', String(patienceSeconds), '--timeout-suspend'];
  const how = ['--live', '--p2p', '--persistent', '--undefinesource', '--abort-on-error'];
  return [
    'migrate',
    ...how,
    ...pace,
    ...disk,
    ...memory,
    '--domain',
    id,
    '--desturi',
    uris.libvirt,
  ];
}
