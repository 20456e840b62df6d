import { createHash, randomUUID } from 'node:crypto';
import { access, open, readdir, rename, rm } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { Machines } from '../machines.ts';
import type { Virsh } from '../virsh.ts';
import { BootPort } from './boot-port.ts';
import { type RouterModel, routerDomain } from './machine.ts';
import { MemoryState } from './memory-state.ts';
import { makeFolderForQemu } from './qemu-owner.ts';

/** The memory and the rest of the state of a router that has booted and waits for its arguments. */
export interface WarmImage {
  readonly folder: string;
  readonly memory: string;
  readonly state: string;
}

const warmUpMs = 600_000;

/** The warm images of a host, each beside the template that it is of. */
export class WarmImages {
  readonly #virsh: Virsh;
  readonly #machines: Machines;
  readonly #logger: Logger;
  readonly #making = new Map<string, Promise<void>>();

  constructor(parts: {
    readonly virsh: Virsh;
    readonly machines: Machines;
    readonly logger: Logger;
  }) {
    this.#virsh = parts.virsh;
    this.#machines = parts.machines;
    this.#logger = parts.logger;
  }

  /** The image for machines of the model, or `null` while there is none. */
  async find(model: RouterModel): Promise<WarmImage | null> {
    const image = imageAt(await this.#folderFor(model));
    return access(image.folder).then(
      () => image,
      () => null,
    );
  }

  /** Makes the image in the background unless it is there. What goes wrong is logged: routers boot without it. */
  makeFor(model: RouterModel): void {
    void this.#makeFor(model).catch((err: unknown) =>
      this.#logger.warn({ err }, 'routers boot from the start: they cannot be warmed up'),
    );
  }

  /** Takes away an image that did not serve. */
  async discard({ folder }: WarmImage): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  async #makeFor(model: RouterModel): Promise<void> {
    const folder = await this.#folderFor(model);
    if (this.#making.has(folder) || (await this.find(model)) !== null) return;
    const making = this.#make(model, folder).finally(() => this.#making.delete(folder));
    this.#making.set(folder, making);
    await making;
  }

  async #make(model: RouterModel, target: string): Promise<void> {
    const uuid = randomUUID();
    // An instance without a record: what an agent that died left of it goes when the next one takes over.
    const folder = await this.#machines.folder(uuid);
    const making = imageAt(`${target}.${uuid}`);
    // In a short path: a socket's has at most 107 characters.
    const outgoing = join(folder, 'outgoing');
    const settings = routerDomain(model, {
      uuid,
      name: `warm-${uuid.slice(0, 8)}`,
      folder,
      bootSocket: join(folder, 'boot.sock'),
      generationId: uuid,
      memory: { kind: 'template', file: making.memory },
    });
    try {
      await removeOthers(target);
      await makeFolderForQemu(making.folder);
      await makeFolderForQemu(outgoing);
      await this.#machines.define(settings);
      await this.#machines.start(uuid);
      const port = await BootPort.open(join(folder, 'boot.sock'));
      try {
        await port.warm(warmUpMs);
        await this.#virsh.run(['suspend', uuid]);
        await new MemoryState(this.#virsh, uuid).save(making.state, join(outgoing, 'socket'));
      } finally {
        port.close();
      }
      await this.#machines.stop(uuid, null);
      await flush(making.memory);
      await rename(making.folder, target);
      this.#logger.info({ folder: target }, 'routers start from a warm image from now on');
    } finally {
      await this.#machines.undefine(uuid);
      await rm(folder, { recursive: true, force: true });
      await rm(making.folder, { recursive: true, force: true });
    }
  }

  /** Its name holds all that a machine must have in common with the image's. */
  async #folderFor({ disk, boot, accelerated, limits }: RouterModel): Promise<string> {
    const software = hashOf([
      await this.#virsh.run(['version']),
      release(),
      cpus()[0]?.model ?? '',
      String(accelerated),
      boot.parameters,
    ]);
    const cores = Math.max(1, Math.ceil(limits.cpuPercent / 100));
    return join(dirname(disk.file), `${prefix}${software}-${limits.memoryMiB}-${cores}`);
  }
}

const prefix = 'warm-';

function imageAt(folder: string): WarmImage {
  return { folder, memory: join(folder, 'memory'), state: join(folder, 'state') };
}

/** Removes images of other software, and what was not completed. Machines that are copies of one keep what they have. */
async function removeOthers(target: string): Promise<void> {
  const parent = dirname(target);
  const sameSoftware = target
    .slice(parent.length + 1)
    .split('-')
    .slice(0, 2)
    .join('-');
  for (const name of await readdir(parent)) {
    const kept = name.startsWith(`${sameSoftware}-`) && !name.includes('.');
    if (name.startsWith(prefix) && !kept)
      await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** Has the file on the disk before its name says that it is complete. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
}
