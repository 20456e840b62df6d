import { cacheFolder } from '../machines/cache.ts';
import { MachineContainers } from '../machines/containers.ts';
import { Lab } from '../machines/lab.ts';
import type { Machine } from '../machines/machine.ts';
import { mountProduct, product, productDisk } from '../machines/product.ts';
import { type Answer, type Api, ApiError } from '../world/api.ts';
import { until } from '../world/exec.ts';
import { serverAddress } from '../world/local-site.ts';
import type { Place } from '../world/place.ts';
import { makeWorld, type World, type WorldOptions } from '../world/world.ts';

/** An emulated machine that is a host of the world's server. */
export interface JoinedMachine {
  readonly machine: Machine;
  readonly containers: MachineContainers;
  /** As the API calls it. */
  readonly id: string;
}

export const agentHome = '/var/lib/isola-agent';

/** Packages that are not in the image would have to be fetched, and machines reach no archive. */
const installTimeout = 240_000;

/** A server on this machine and emulated hosts that joined it, with a trunk between them and one public network. */
export class HostsWorld {
  readonly lab: Lab;
  readonly world: World;
  readonly hosts: JoinedMachine[] = [];

  private constructor(lab: Lab, world: World) {
    this.lab = lab;
    this.world = world;
  }

  /** With as many hosts; the server's own machine takes nothing on. */
  static async make(name: string, hosts: number, options: WorldOptions = {}): Promise<HostsWorld> {
    const lab = await Lab.make(`${name}${process.pid}`);
    let made: HostsWorld | null = null;
    try {
      const world = await makeWorld(name, { ...options, lab, agentsAt: serverAddress });
      made = new HostsWorld(lab, world);
      const [own] = await world.admin.list('listHosts', { type: 'Routing' });
      await world.admin.call('updateHost', { id: own?.['id'], allocationstate: 'Disable' });
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
    what: { name: string; network: Answer },
  ): Promise<Answer> {
    const { admin } = this.world;
    const stopped = await this.world.deployStopped(tenant, what.name, what.network['id']);
    await until(
      `${what.name} to start on ${host.machine.name}`,
      () => admin.job('startVirtualMachine', { id: stopped['id'], hostid: host.id }).catch(refused),
      300_000,
    );
    return await admin.one('listVirtualMachines', { id: stopped['id'], listall: true });
  }

  /** The host that an instance or router runs on. */
  hostOf(shown: Answer): JoinedMachine {
    const found = this.hosts.find(host => host.id === shown['hostid']);
    if (found === undefined) throw new Error(`${shown['name']} is on no host of the lab`);
    return found;
  }

  router(networkId: string): Promise<Answer> {
    return this.world.admin.one('listRouters', { networkid: networkId, listall: true });
  }

  /** The network of an instance, once its lease is there. */
  async guest(instance: Answer): Promise<Place> {
    const { admin } = this.world;
    const shown = await admin.one('listVirtualMachines', { id: instance['id'], listall: true });
    const place = await this.hostOf(shown).containers.network(shown['instancename']);
    const lease = `${shown['nic'][0].ipaddress}/`;
    const addresses = ['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0'];
    await until(
      `${shown['name']} to have the lease ${lease}`,
      async () => (await place.run(addresses)).includes(lease),
      90_000,
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

  /** A new token with which one machine can join. */
  async joinToken(): Promise<string> {
    const { hosttoken } = await this.world.admin.call('createHostToken', { hypervisor: 'LXC' });
    return hosttoken.token as string;
  }

  /** Starts a machine with the product in it, which has not joined; `number` as of `Lab.add`. */
  async addMachine(number: number): Promise<Machine> {
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const disk = await productDisk(cacheFolder, say);
    const machine = await this.lab.add(`host${number}`, number, { disk });
    await mountProduct(machine);
    return machine;
  }

  /** Makes it a host, as its administrator would: `isola agent install`. */
  async join(machine: Machine): Promise<JoinedMachine> {
    const { name } = machine;
    const token = '/root/token';
    await machine.write(token, await this.joinToken(), 0o600);
    const underlay = machine.addresses.trunk.split('/')[0] ?? '';
    const install = [
      [product.node, product.cli, 'agent', 'install'],
      ['--server', `https://${serverAddress}:8250`, '--token-file', token],
      ['--hypervisor', 'LXC', '--images', product.images, '--home', agentHome],
      ['--guest-interface', 'trunk0', '--public-interface', 'public0'],
      ['--underlay-address', underlay, '--underlay-interface', 'trunk0'],
    ].flat();
    // What it tries out may take too long on a busy machine, once; repeated, it goes on where it was.
    const { code } = await machine.tryRun(install, installTimeout);
    if (code !== 0) await machine.run(install, installTimeout);
    const shown = await until(
      `${name} to be up`,
      async () => {
        const [found] = await this.world.admin.list('listHosts', { name });
        return found?.['state'] === 'Up' && found;
      },
      180_000,
    );
    const containers = new MachineContainers({ launcher: machine.launcher, home: agentHome });
    const host = { machine, containers, id: shown['id'] };
    this.hosts.push(host);
    return host;
  }

  async remove(): Promise<void> {
    for (const { containers } of this.hosts) containers.close();
    await this.world.remove();
    await this.lab.remove();
  }
}

/** A host that is emulated on a busy machine may be silent for longer than the server takes for presence: asked again. */
function refused(error: unknown): undefined {
  if (!(error instanceof ApiError && error.text.includes('is not connected'))) throw error;
}
