import { randomUUID } from 'node:crypto';
import { access, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RouterSpec } from '@isola/agent-protocol';
import { IsolaError, type RouterConfig } from '@isola/model';
import type { Logger } from 'pino';
import { takeBootFiles } from '../../images/vm/boot-files.ts';
import { ensureIdentity } from '../../routers/identity.ts';
import type { SshKeyPair } from '../../routers/key-pair.ts';
import type { TemplateCache } from '../../templates/template-cache.ts';
import { imageOf } from './guest-machine.ts';
import type { Machines } from './machines.ts';
import { encodeBootArguments } from './router/boot-arguments.ts';
import { BootPort } from './router/boot-port.ts';
import { type RouterMachine, type RouterModel, routerDomain } from './router/machine.ts';
import { MemoryState } from './router/memory-state.ts';
import { makeFolderForQemu } from './router/qemu-owner.ts';
import { type WarmImage, WarmImages } from './router/warm-images.ts';
import type { Virsh } from './virsh.ts';

export interface RouterMachineParts {
  readonly virsh: Virsh;
  readonly machines: Machines;
  readonly templates: TemplateCache;
  readonly keyPair: SshKeyPair;
  readonly accelerated: boolean;
  readonly logger: Logger;
}

/** How long a router may take to boot, and to take its arguments; a copy of a warm one has booted. */
const bootMs = 120_000;
const deliverMs = 60_000;

interface Prepared {
  readonly spec: RouterSpec;
  readonly boot: RouterConfig;
  readonly model: RouterModel;
}

/**
 * Routers as virtual machines. All run from the system template's own disk, which none of them writes to: what a
 * router writes is in its memory. So a router is the copy of the memory of one that has booted, if there is such
 * an image, and else boots itself. What it is to be, it is told when it runs.
 */
export class RouterMachines {
  readonly #parts: RouterMachineParts;
  readonly #warm: WarmImages;
  readonly #prepared = new Map<string, Prepared>();
  /** Routers that booted for want of a warm image, and did not answer yet. */
  readonly #booted = new Map<string, RouterModel>();

  constructor(parts: RouterMachineParts) {
    this.#parts = parts;
    this.#warm = new WarmImages(parts);
  }

  /** Gets ready what the router starts from, and ends a start that was cut short. Throws when its template is not there. */
  async prepare(spec: RouterSpec, boot: RouterConfig): Promise<void> {
    const { machines, templates, accelerated } = this.#parts;
    const disk = await imageOf(templates, spec.template);
    const bootFiles = await takeBootFiles(disk.file, join(dirname(disk.file), 'boot'));
    await machines.stop(spec.id, null);
    await rm(await this.#marker(spec.id), { force: true });
    const model = { disk, boot: bootFiles, accelerated, limits: spec.limits };
    this.#booted.delete(spec.id);
    this.#prepared.set(spec.id, { spec, boot, model });
  }

  /** Starts a prepared router, whose ports exist, and hands it what it is to be. Leaves nothing running when it throws. */
  async start(id: string): Promise<void> {
    const prepared = this.#prepared.get(id);
    if (prepared === undefined)
      throw new IsolaError('resource_unavailable', { reason: `Router ${id} is not prepared` });
    this.#prepared.delete(id);
    const { model } = prepared;
    const image = await this.#warm.find(model);
    if (image !== null && (await this.#tryCopy(prepared, image))) return;
    await this.#run(prepared, { kind: 'own' }, port => port.ready(bootMs));
    this.#booted.set(id, model);
  }

  /** The router answers: from now on it can be spared that the host warms one up for those after it. */
  reached(id: string): void {
    const model = this.#booted.get(id);
    if (model === undefined) return;
    this.#booted.delete(id);
    this.#warm.makeFor(model);
  }

  /** Whether the router was told what it is to be; one that was not is of no use. */
  async hasStarted(id: string): Promise<boolean> {
    return access(await this.#marker(id)).then(
      () => true,
      () => false,
    );
  }

  async #tryCopy(prepared: Prepared, image: WarmImage): Promise<boolean> {
    const { virsh, logger } = this.#parts;
    const { id } = prepared.spec;
    const folder = join(await this.#parts.machines.folder(id), 'incoming');
    try {
      await makeFolderForQemu(folder);
      const memory = { kind: 'copy', file: image.memory } as const;
      await this.#run(prepared, memory, async () => {
        await new MemoryState(virsh, id).load(image.state, join(folder, 'socket'));
        await virsh.run(['resume', id]);
      });
      return true;
    } catch (err) {
      logger.warn({ err, id }, 'a router cannot be started from its warm image, and boots');
      await this.#warm.discard(image);
      return false;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs the machine, waits until `come` says that it is up, plugs it in and tells it what it is to be. */
  async #run(
    { spec, boot, model }: Prepared,
    memory: RouterMachine['memory'],
    come: (port: BootPort) => Promise<void>,
  ): Promise<void> {
    const { machines, keyPair } = this.#parts;
    const { id, name } = spec;
    const folder = await machines.folder(id);
    const bootSocket = join(folder, 'boot.sock');
    const { hostKey, clientKey } = await ensureIdentity(folder);
    const machine = { uuid: id, name, folder, bootSocket, generationId: randomUUID(), memory };
    await machines.define(routerDomain(model, machine));
    try {
      await machines.start(id);
      const port = await BootPort.open(bootSocket);
      try {
        await come(port);
        const authorizedKeys = [clientKey, keyPair.publicKey];
        const given = encodeBootArguments({ spec, boot, hostKey, authorizedKeys, now: new Date() });
        await Promise.all([machines.setNics(id, spec.nics), port.deliver(given, deliverMs)]);
      } finally {
        port.close();
      }
      await writeFile(await this.#marker(id), '');
    } catch (error) {
      await machines.stop(id, null);
      throw error;
    }
  }

  async #marker(id: string): Promise<string> {
    return join(await this.#parts.machines.folder(id), 'started');
  }
}
