import { cacheFolder } from '../machines/cache.ts';
import { MachineContainers } from '../machines/containers.ts';
import { MachineDomains } from '../machines/domains.ts';
import { Lab } from '../machines/lab.ts';
import type { Machine } from '../machines/machine.ts';
import { mountProduct, product, productDisk } from '../machines/product.ts';
import { type Answer, type Api, ApiError } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { serverAddress } from '../world/local-site.ts';
import type { Place } from '../world/place.ts';
import { testGuestName, testGuestTemplate } from '../world/probing-guest.ts';
import { systemTemplate } from '../world/templates.ts';
import { makeWorld, type World, type WorldOptions } from '../world/world.ts';

/** What runs the routers and guests of a lab's hosts. */
export type HostsBody = 'LXC' | 'KVM';

export interface HostsOptions extends Pick<WorldOptions, 'isolation'> {
  /** Containers unless told. */
  readonly body?: HostsBody;
  /** Gives a machine what it needs before it joins. */
  readonly ready?: (machine: Machine, lab: Lab) => Promise<void>;
  /** Folder that the hosts share; `ready` sees to it that they do. */
  readonly sharedStorage?: string;
}

/** An emulated machine that is a host of the world's server. */
export interface JoinedMachine {
  readonly machine: Machine;
  /** Ways into its routers and guests, by their internal names. */
  readonly inside: MachineContainers | MachineDomains;
  /** As the API calls it. */
  readonly id: string;
}

/** Ways into the containers of a host. */
export function containersOf({ machine, inside }: JoinedMachine): MachineContainers {
  if (inside instanceof MachineContainers) return inside;
  throw new Error(`${machine.name} has virtual machines`);
}

/** Ways into the virtual machines of a host. */
export function domainsOf({ machine, inside }: JoinedMachine): MachineDomains {
  if (inside instanceof MachineDomains) return inside;
  throw new Error(`${machine.name} has containers`);
}

export const agentHome = '/var/lib/isola-agent';

/** Packages that are not in the image would have to be fetched, and machines reach no archive. */
const installTimeout = 240_000;

/** A router and a guest boot, in machines inside of emulated ones, and others do beside them. */
const startTimeout = 600_000;

/** An instance of `HostsWorld.deployOn`. */
export interface Wanted {
  readonly name: string;
  readonly network: Answer;
  /** Whether it starts elsewhere when its host is dead. */
  readonly highlyAvailable?: boolean;
}

/** A server on this machine and emulated hosts that joined it, with a trunk between them and one public network. */
export class HostsWorld {
  readonly lab: Lab;
  readonly world: World;
  readonly body: HostsBody;
  readonly hosts: JoinedMachine[] = [];
  readonly #options: HostsOptions;

  private constructor(lab: Lab, world: World, options: HostsOptions) {
    this.lab = lab;
    this.world = world;
    this.body = options.body ?? 'LXC';
    this.#options = options;
  }

  /** With as many hosts; the server's own machine takes nothing on. */
  static async make(name: string, hosts: number, options: HostsOptions = {}): Promise<HostsWorld> {
    const lab = await Lab.make(`${name}${process.pid}`);
    let made: HostsWorld | null = null;
    try {
      const { body = 'LXC', isolation } = options;
      const templates = body === 'KVM' ? [await systemTemplate(), await testGuestTemplate()] : [];
      const world = await makeWorld(name, {
        lab,
        agentsAt: serverAddress,
        templates,
        ...(isolation === undefined ? {} : { isolation }),
      });
      made = new HostsWorld(lab, world, options);
      await made.#prepareServer();
      for (let number = 1; number <= hosts; number += 1)
        await made.join(await made.addMachine(number));
      return made;
    } catch (error) {
      await (made?.remove() ?? lab.remove());
      throw error;
    }
  }

  /** Deploys an instance of the tenant's on a host, and waits until it runs. */
  async deployOn(
    host: JoinedMachine,
    tenant: Api,
    { name, network, highlyAvailable = false }: Wanted,
  ): Promise<Answer> {
    const { admin } = this.world;
    const template = await admin.one('listTemplates', {
      templatefilter: 'executable',
      name: this.body === 'KVM' ? testGuestName : 'isola-tiny',
      hypervisor: this.body,
    });
    const size = await admin.one('listServiceOfferings', { name: offerings[`${highlyAvailable}`] });
    const stopped = await tenant.job('deployVirtualMachine', {
      name,
      zoneid: network['zoneid'],
      templateid: template['id'],
      serviceofferingid: size['id'],
      networkids: network['id'],
      startvm: false,
    });
    const start = { id: stopped['id'], hostid: host.id };
    await until(
      `${name} to start on ${host.machine.name}`,
      async () => {
        const { state } = await this.shown(stopped);
        if (state === 'Stopped')
          await admin.job('startVirtualMachine', start, startTimeout).catch(refused);
        return state === 'Running';
      },
      startTimeout,
    );
    return await this.shown(stopped);
  }

  /** An instance as the root administrator sees it now. */
  shown(instance: Answer): Promise<Answer> {
    const { admin } = this.world;
    return admin.one('listVirtualMachines', { id: instance['id'], listall: true });
  }

  /** The host that an instance or router runs on. */
  hostOf(shown: Answer): JoinedMachine {
    const found = this.hosts.find(host => host.id === shown['hostid']);
    if (found === undefined) throw new Error(`${shown['name']} is on no host of the lab`);
    return found;
  }

  /** The hosts on which something of that internal name runs. */
  async placesOf(name: string): Promise<readonly JoinedMachine[]> {
    const found: JoinedMachine[] = [];
    for (const host of this.hosts) if (await host.inside.runs(name)) found.push(host);
    return found;
  }

  router(networkId: string): Promise<Answer> {
    return this.world.admin.one('listRouters', { networkid: networkId, listall: true });
  }

  /** The network of an instance, once its lease is there. */
  async guest(instance: Answer): Promise<Place> {
    const shown = await this.shown(instance);
    const place = await this.hostOf(shown).inside.network(shown['instancename']);
    const lease = `${shown['nic'][0].ipaddress}/`;
    const addresses = ['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0'];
    await until(
      `${shown['name']} to have the lease ${lease}`,
      async () => (await place.run(addresses)).includes(lease),
      180_000,
    );
    return place;
  }

  /** Waits until `listHosts` shows the host so. Gives the milliseconds that took. */
  async hostState(host: JoinedMachine, state: string, timeout: number): Promise<number> {
    const started = performance.now();
    await until(
      `${host.machine.name} to be ${state}`,
      async () => (await this.world.admin.one('listHosts', { id: host.id }))['state'] === state,
      timeout,
    );
    return performance.now() - started;
  }

  /** `isola agent install` on a machine of the lab. */
  #installCommand(machine: Machine, words: readonly string[]): readonly string[] {
    const { sharedStorage } = this.#options;
    return [
      [product.node, product.cli, 'agent', 'install'],
      ['--server', `https://${serverAddress}:8250`],
      ['--hypervisor', this.body, '--images', product.images, '--home', agentHome],
      ['--guest-interface', 'trunk0', '--public-interface', 'public0'],
      ['--underlay-address', underlayOf(machine), '--underlay-interface', 'trunk0'],
      // What tells by itself may be too slow to be believed, in a machine that is emulated.
      this.body === 'KVM' ? ['--acceleration', 'on'] : [],
      sharedStorage === undefined ? [] : ['--shared-storage', sharedStorage],
      words,
    ].flat();
  }

  /** A new token with which one machine can join. */
  async joinToken(): Promise<string> {
    const { admin } = this.world;
    const { hosttoken } = await admin.call('createHostToken', { hypervisor: this.body });
    return hosttoken.token as string;
  }

  /** Starts a machine with the product in it, which has not joined; `number` as of `Lab.add`. */
  async addMachine(number: number): Promise<Machine> {
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const disk = await productDisk(cacheFolder, say);
    const machine = await this.lab.add(`host${number}`, number, { disk });
    await mountProduct(machine);
    await this.#options.ready?.(machine, this.lab);
    return machine;
  }

  /** Makes it a host, as its administrator would: `isola agent install`. */
  async join(machine: Machine): Promise<JoinedMachine> {
    const token = '/root/token';
    await machine.write(token, await this.joinToken(), 0o600);
    const install = this.#installCommand(machine, ['--token-file', token]);
    // What it tries out may take too long on a busy machine, once; repeated, it goes on where it was.
    const { code } = await machine.tryRun(install, installTimeout);
    if (code !== 0) await machine.run(install, installTimeout);
    const { name } = machine;
    const shown = await until(
      `${name} to be up`,
      async () => {
        const [found] = await this.world.admin.list('listHosts', { name });
        return found?.['state'] === 'Up' && found;
      },
      180_000,
    );
    const inside =
      this.body === 'KVM'
        ? new MachineDomains(machine)
        : new MachineContainers({ launcher: machine.launcher, home: agentHome });
    const host = { machine, inside, id: shown['id'] };
    this.hosts.push(host);
    return host;
  }

  async remove(): Promise<void> {
    for (const { inside } of this.hosts) inside.close();
    await this.world.remove();
    await this.lab.remove();
  }

  async #prepareServer(): Promise<void> {
    const { admin } = this.world;
    const [own] = await admin.list('listHosts', { type: 'Routing' });
    await admin.call('updateHost', { id: own?.['id'], allocationstate: 'Disable' });
    for (const offerha of [false, true])
      await admin.call('createServiceOffering', {
        name: offerings[`${offerha}`],
        cpunumber: 1,
        cpuspeed: 100,
        memory: 192,
        offerha,
      });
  }
}

/** Sizes of the lab's instances, by whether they are highly available. */
const offerings = { false: 'lab', true: 'lab-ha' } as const;

function underlayOf({ addresses }: Machine): string {
  return addresses.trunk.split('/')[0] ?? '';
}

/** A host that is emulated on a busy machine may be silent for longer than the server takes for presence: what was asked for stays so, or is asked again. */
function refused(error: unknown): undefined {
  if (!(error instanceof ApiError && error.text.includes('is not connected'))) throw error;
}
