import type { Answer, Api } from '../world/api.ts';
import { containerPid } from '../world/containers.ts';
import { launcherIn } from '../world/place.ts';
import { makeWorld, type World } from '../world/world.ts';
import { ForwardingNetwork } from './forwarding-network.ts';
import { MachineHost } from './machine-host.ts';
import { type Partner, startPartner } from './partner.ts';

/** What leaves nothing behind once it is removed. */
interface Removable {
  remove(): Promise<void>;
}

/** What the sections share: a world with two networks with port forwards, and a host of virtual machines; each made when first asked for. */
export class Lab {
  #world: Promise<World> | undefined;
  #tenant: Promise<Api> | undefined;
  #machineHost: Promise<MachineHost> | undefined;
  readonly #networks = new Map<string, Promise<ForwardingNetwork>>();
  #removed: Promise<void> | undefined;
  readonly #partners: Partner[] = [];
  readonly #used = new Set<Promise<Removable>>();

  /** The world, whose server has just been started when it is first asked for. */
  world(): Promise<World> {
    this.#world ??= makeWorld('be', { vlans: [100, 1199] });
    return this.#world;
  }

  /** A customer. */
  tenant(): Promise<Api> {
    this.#tenant ??= this.world().then(world => world.tenant('bench'));
    return this.#tenant;
  }

  /** A host without a server, whose routers and guests are virtual machines. */
  machineHost(): Promise<MachineHost> {
    this.#machineHost ??= MachineHost.make();
    return this.#machineHost;
  }

  /** A network with one instance behind a public address, by name: the same one each time. */
  forwardingNetwork(name: string): Promise<ForwardingNetwork> {
    const known = this.#networks.get(name);
    if (known !== undefined) return known;
    const made = ForwardingNetwork.make(this, name);
    this.#networks.set(name, made);
    return made;
  }

  /** Lets one section use what is being made, and removes it then; an interrupted run does, too. */
  async using<T extends Removable, R>(
    making: Promise<T>,
    use: (made: T) => Promise<R>,
  ): Promise<R> {
    this.#used.add(making);
    try {
      return await use(await making);
    } finally {
      await this.#removeUsed(making);
    }
  }

  /** Starts a helper in a named network namespace. It ends with the lab at the latest. */
  async partnerIn(namespace: string, mode: string): Promise<Partner> {
    return await this.#keep(startPartner(['ip', 'netns', 'exec', namespace], mode));
  }

  /** Starts a helper in the network namespace of a process. */
  async partnerBeside(pid: number, mode: string): Promise<Partner> {
    return await this.#keep(startPartner(['nsenter', '-t', String(pid), '-n'], mode));
  }

  /** Process id of an instance's or router's init. */
  async initPid(name: string): Promise<number> {
    const world = await this.world();
    return await containerPid(
      { launcher: launcherIn(world.host.name), home: world.isola.home },
      name,
    );
  }

  /** Deletes what a section made for itself; networks after their instances. */
  async discard(tenant: Api, instances: readonly Answer[], networks: readonly Answer[]) {
    const { admin } = await this.world();
    for (const { id } of instances) await admin.job('destroyVirtualMachine', { id, expunge: true });
    for (const { id } of networks) await tenant.job('deleteNetwork', { id });
  }

  /** Ends all helpers and removes the world with everything in it. */
  remove(): Promise<void> {
    this.#removed ??= this.#remove();
    return this.#removed;
  }

  async #remove(): Promise<void> {
    await Promise.all(this.#partners.map(partner => partner.end()));
    await Promise.all([...this.#used].map(making => this.#removeUsed(making)));
    const world = await this.#world?.catch(() => undefined);
    await world?.remove();
    const machineHost = await this.#machineHost?.catch(() => undefined);
    await machineHost?.remove();
  }

  async #removeUsed(making: Promise<Removable>): Promise<void> {
    if (!this.#used.delete(making)) return;
    const made = await making.catch(() => undefined);
    await made?.remove();
  }

  async #keep(starting: Promise<Partner>): Promise<Partner> {
    const partner = await starting;
    this.#partners.push(partner);
    return partner;
  }
}
