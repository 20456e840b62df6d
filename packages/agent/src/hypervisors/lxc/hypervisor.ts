import type { HostFacts, MigrationTarget, NicSpec, TemplateRef } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { ControlGroupVersion } from '../../host/control-groups.ts';
import type { ImageSet } from '../../images/build.ts';
import type { Image } from '../../images/store.ts';
import type { Instances } from '../../instances.ts';
import { ipBatch, linkExists } from '../../links/ip-batch.ts';
import type { Names } from '../../names.ts';
import { run } from '../../process/run.ts';
import { ensureIdentity } from '../../routers/identity.ts';
import type { SshKeyPair } from '../../routers/key-pair.ts';
import type { Hypervisor, HypervisorFacts, Startable } from '../hypervisor.ts';
import {
  type ContainerRef,
  containerAt,
  containerRuns,
  destroyContainer,
  initPid,
  prepareContainer,
  startContainer,
  stopContainer,
} from './container.ts';
import { guestFiles, guestSettings } from './guest.ts';
import { Monitor } from './monitor.ts';
import { routerFiles, routerSettings } from './router.ts';

export interface LxcParts {
  readonly names: Names;
  readonly instances: Instances;
  readonly images: ImageSet;
  readonly controlGroups: ControlGroupVersion;
  readonly keyPair: SshKeyPair;
  /** Called when a watched instance is gone. */
  readonly onGone: (id: string) => void;
}

/** Containers of LXC over images that the host made itself. */
export class LxcHypervisor implements Hypervisor {
  readonly cables = 'veth';
  readonly #parts: LxcParts;
  readonly #monitor: Monitor;

  constructor(parts: LxcParts) {
    this.#parts = parts;
    this.#monitor = new Monitor(parts.onGone);
  }

  get images(): HostFacts['images'] {
    const { router, templates } = this.#parts.images;
    return {
      router: { name: router.metadata.name, checksum: router.metadata.checksum },
      templates: [...templates.values()].map(
        ({ metadata: { name, sizeBytes, checksum, osType } }) => ({
          name,
          sizeBytes,
          checksum,
          osType,
        }),
      ),
    };
  }

  async facts(): Promise<HypervisorFacts> {
    const version = (await run('lxc-start', ['--version'])).trim();
    return {
      hypervisor: 'LXC',
      hypervisorVersion: `LXC ${version}`,
      accelerated: true,
      sharedStorage: null,
    };
  }

  async prepare(instance: Startable): Promise<void> {
    const { names, controlGroups, instances, keyPair } = this.#parts;
    const host = { imageRoot: this.#imageOf(instance).root, controlGroups };
    const container = this.#container(instance.spec.id);
    if (instance.kind === 'guest') {
      const { spec } = instance;
      await prepareContainer(container, guestSettings(names, spec, host), guestFiles(spec));
    } else {
      const { spec, boot } = instance;
      const { hostKey, clientKey } = await ensureIdentity(instances.folderOf(spec.id));
      const authorized = [clientKey, keyPair.publicKey];
      const files = routerFiles(spec, boot, { hostKey, authorized });
      await prepareContainer(container, routerSettings(names, spec, host), files);
    }
  }

  start(id: string): Promise<void> {
    return startContainer(this.#container(id));
  }

  runs(id: string): Promise<boolean> {
    return containerRuns(this.#container(id));
  }

  /** A NIC goes with its cable; a new one is moved in. */
  async setNics(id: string, nics: readonly NicSpec[]): Promise<void> {
    for (const { device } of nics) {
      const { inner } = this.#parts.names.cable(id, device);
      if (!(await linkExists(inner))) continue;
      const pid = String(await this.#pidOf(id));
      await ipBatch([['link', 'set', 'dev', inner, 'netns', pid, 'name', device, 'up']]);
    }
  }

  stop(id: string, graceSeconds: number | null): Promise<void> {
    return stopContainer(this.#container(id), graceSeconds);
  }

  destroy(id: string): Promise<void> {
    return destroyContainer(this.#container(id));
  }

  /** Disks of containers are never shared. */
  forget(id: string): Promise<void> {
    return this.destroy(id);
  }

  expect(): Promise<MigrationTarget> {
    return Promise.reject(stays);
  }

  send(): Promise<void> {
    return Promise.reject(stays);
  }

  /** A container's start needs nothing that an earlier one could leave. */
  reached(): void {}

  async watch(id: string): Promise<void> {
    await this.#monitor.watch(id, (await initPid(this.#container(id))) ?? 0);
  }

  unwatch(id: string): void {
    this.#monitor.unwatch(id);
  }

  async inNetworkOf(
    id: string,
    command: readonly string[],
    options: { readonly input?: string; readonly timeoutMs?: number } = {},
  ): Promise<string> {
    const target = String(await this.#pidOf(id));
    return run('nsenter', ['--target', target, '--net', '--', ...command], options);
  }

  close(): void {
    this.#monitor.close();
  }

  #container(id: string): ContainerRef {
    return containerAt(this.#parts.instances.folderOf(id));
  }

  async #pidOf(id: string): Promise<number> {
    const pid = await initPid(this.#container(id));
    if (pid === null)
      throw new IsolaError('resource_unavailable', { reason: `${id} does not run` });
    return pid;
  }

  #imageOf({ kind, spec: { template } }: Startable): Image {
    const { router, templates } = this.#parts.images;
    // There is one, the newest: a router made of an older one comes up on it.
    if (kind === 'router') return router;
    for (const image of templates.values())
      if (image.metadata.checksum === template.checksum) return image;
    throw missing(template);
  }
}

const stays = new IsolaError('resource_unavailable', {
  reason: 'Containers do not move while they run',
});

function missing({ name, checksum }: TemplateRef): IsolaError {
  return new IsolaError('resource_unavailable', {
    reason: `The host has no template ${name} (${checksum})`,
  });
}
