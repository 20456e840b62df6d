import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec, RouterSpec, TemplateRef } from '@isola/agent-protocol';
import type { RouterConfig } from '@isola/model';
import {
  guestSpec,
  type HostWorld,
  makeHostWorld,
  routerConfig,
  routerSpec,
  type TestNetwork,
  vlan,
} from '../agent/host-world.ts';
import { until } from '../world/exec.ts';
import { guestTemplate, systemTemplate, type TestTemplate } from '../world/templates.ts';
import { clock } from './clock.ts';
import { say } from './progress.ts';

/** Emulated machines take tens of seconds, and minutes where much else runs. */
const patienceMs = 300_000;
const firstTag = 200;
/** Of each router. */
export const routerMiB = 256;

export interface StartTimes {
  /** ms until the agent's answer: the router runs and has been told what it is to be. */
  readonly started: number;
  /** ms until the router says that its configuration is applied. */
  readonly configured: number;
}

/** A host with an agent and no server, whose routers and guests are emulated virtual machines. */
export class MachineHost {
  readonly world: HostWorld;
  /** File of the system template. */
  readonly systemDisk: string;
  readonly #system: TemplateRef;
  readonly #guest: TemplateRef;
  #networks = 0;

  private constructor(parts: {
    world: HostWorld;
    systemDisk: string;
    system: TemplateRef;
    guest: TemplateRef;
  }) {
    this.world = parts.world;
    this.systemDisk = parts.systemDisk;
    this.#system = parts.system;
    this.#guest = parts.guest;
  }

  static async make(): Promise<MachineHost> {
    say('templates of virtual machines (minutes, unless they were built before)');
    const system = await systemTemplate();
    const guest = await guestTemplate();
    say('a host for virtual machines');
    const world = await makeHostWorld('bench', { body: 'KVM' });
    try {
      return new MachineHost({
        world,
        systemDisk: system.path,
        system: await give(world, 'systemvm', system),
        guest: await give(world, 'isola-tiny', guest),
      });
    } catch (error) {
      await world.remove();
      throw error;
    }
  }

  /** A network that nothing else has; its segment is not there yet. */
  network(): TestNetwork {
    this.#networks += 1;
    return { vlan: firstTag + this.#networks, publicHost: 20 + this.#networks };
  }

  async makeSegment(network: TestNetwork): Promise<void> {
    await this.world.agent.call('ensureSegment', vlan(network.vlan));
  }

  router(network: TestNetwork): RouterSpec {
    const limits = { memoryMiB: routerMiB, cpuPercent: 100 };
    // libvirt wants each on a host to have a name of its own.
    return { ...routerSpec(network, numberOf(network)), template: this.#system, limits };
  }

  /** What its router starts with: two port forwards to the first of the instances, by the last part of their addresses. */
  config(network: TestNetwork, [first, ...others]: readonly [number, ...number[]]): RouterConfig {
    const of = (host: number): RouterConfig =>
      routerConfig(network, { number: numberOf(network), host });
    const config = of(first);
    const hosts = [first, ...others].flatMap(host => of(host).collections.hosts);
    return { ...config, collections: { ...config.collections, hosts } };
  }

  guest(network: TestNetwork, host: number): GuestSpec {
    return guestSpec(network, host, this.#guest);
  }

  /** Starts the router of a network whose segment is there, and waits until it is configured. */
  async startRouter(
    network: TestNetwork,
    boot: RouterConfig = this.config(network, [7]),
  ): Promise<StartTimes> {
    const { agent } = this.world;
    const spec = this.router(network);
    const begin = clock();
    await agent.call('startRouter', spec, boot);
    const started = clock() - begin;
    await until(
      `${spec.name} to be configured`,
      async () => {
        const report = await agent.call('report', spec.id).catch(() => null);
        return report?.generation === boot.generation;
      },
      patienceMs,
    );
    return { started, configured: clock() - begin };
  }

  async removeRouter(network: TestNetwork): Promise<void> {
    await this.world.agent.call('destroyRouter', this.router(network).id);
    await this.world.agent.call('removeSegment', vlan(network.vlan));
  }

  /** Waits for the image that further routers are copies of: the first router's start has it made. */
  async awaitWarmImage(): Promise<void> {
    await until('the warm image', async () => (await this.#warmImages()).length > 0, patienceMs);
  }

  /** Starts a router for it if there is none: further routers are copies. */
  async ensureWarmImage(): Promise<void> {
    if ((await this.#warmImages()).length > 0) return;
    say('a first router, and the warm image');
    const network = this.network();
    await this.makeSegment(network);
    await this.startRouter(network);
    await this.removeRouter(network);
    await this.awaitWarmImage();
  }

  /** The next router boots. */
  async removeWarmImage(): Promise<void> {
    for (const folder of await this.#warmImages()) await rm(folder, { recursive: true });
  }

  /** Runs a command in a network's router, as an operator would. */
  async inRouter(network: TestNetwork, command: string): Promise<string> {
    const identity = join(this.world.files, 'ssh/id_ed25519');
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const flags = ['BatchMode=yes', ...options].flatMap(option => ['-o', option]);
    const where = ['-p', '3922', `root@${this.router(network).controlAddress}`];
    return await this.world.host.run(['ssh', '-i', identity, ...flags, ...where, command]);
  }

  async remove(): Promise<void> {
    await this.world.remove();
  }

  async #warmImages(): Promise<readonly string[]> {
    const folder = join(this.world.files, 'templates', this.#system.checksum);
    const names = await readdir(folder);
    // Those with a dot are being made.
    return names
      .filter(name => name.startsWith('warm-') && !name.includes('.'))
      .map(name => join(folder, name));
  }
}

function numberOf({ vlan: tag }: TestNetwork): number {
  return tag - firstTag;
}

/** Lets the host fetch a template. */
async function give(
  { files, agent }: HostWorld,
  name: string,
  { path, checksum }: TestTemplate,
): Promise<TemplateRef> {
  const id = randomUUID();
  const served = join(files, 'served', id);
  await mkdir(join(files, 'served'), { recursive: true });
  await link(path, served).catch(() => copyFile(path, served));
  const { size: sizeBytes } = await stat(path);
  await agent.call('ensureTemplate', { name, checksum, id, format: 'QCOW2', sizeBytes });
  return { name, checksum };
}
