import type { Answer, Api } from '../world/api.ts';
import type { Place } from '../world/place.ts';
import { acquire, forward, open } from '../world/rules.ts';
import type { World } from '../world/world.ts';
import { inParallel, parallelWidth } from './parallel.ts';

/** Public TCP ports of the prefilled forwards start here. */
export const firstPublicPort = 10_000;
/** All of them lead to this port of the instance. */
export const guestPort = 7000;
/** Forwarded to the same port of the instance, beside the counted ones. */
export const iperfPort = 5201;

/** What it takes of the lab. */
interface Surroundings {
  world(): Promise<World>;
  tenant(): Promise<Api>;
  initPid(name: string): Promise<number>;
}

/** A network with one instance, a public address that is open to everybody, and as many port forwards as asked for. */
export class ForwardingNetwork {
  readonly tenant: Api;
  readonly instance: Answer;
  readonly address: Answer;
  readonly router: Place;
  readonly routerPid: number;
  readonly guestPid: number;
  #forwards = 0;

  private constructor(parts: {
    tenant: Api;
    instance: Answer;
    address: Answer;
    router: Place;
    routerPid: number;
    guestPid: number;
  }) {
    this.tenant = parts.tenant;
    this.instance = parts.instance;
    this.address = parts.address;
    this.router = parts.router;
    this.routerPid = parts.routerPid;
    this.guestPid = parts.guestPid;
  }

  static async make(lab: Surroundings, name: string): Promise<ForwardingNetwork> {
    const [world, tenant] = [await lab.world(), await lab.tenant()];
    const network = await world.network(tenant, name);
    const instance = await world.deploy(tenant, `${name}-vm`, network['id']);
    await world.guest(instance);
    const shown = await world.admin.one('listVirtualMachines', {
      id: instance['id'],
      listall: true,
    });
    const address = await acquire(tenant, network['id']);
    for (const protocol of ['tcp', 'udp'])
      await open(tenant, address, { protocol, first: 1, last: 65_535 });
    await forward(tenant, address, {
      to: instance,
      protocol: 'tcp',
      public: [iperfPort, iperfPort],
      private: [iperfPort, iperfPort],
    });
    return new ForwardingNetwork({
      tenant,
      instance,
      address,
      router: await world.router(network['id']),
      routerPid: await world.routerPid(network['id']),
      guestPid: await lab.initPid(shown['instancename']),
    });
  }

  get publicAddress(): string {
    return this.address['ipaddress'] as string;
  }

  /** Port forwards beside the one of iperf3. */
  get forwards(): number {
    return this.#forwards;
  }

  /** Adds port forwards through the API until there are `count`, all of them applied. */
  async growTo(count: number): Promise<void> {
    const ports = Array.from(
      { length: Math.max(0, count - this.#forwards) },
      (_, at) => firstPublicPort + this.#forwards + at,
    );
    const jobs: string[] = [];
    await inParallel(ports, async port => {
      const answer = await this.tenant.call('createPortForwardingRule', {
        ipaddressid: this.address['id'],
        virtualmachineid: this.instance['id'],
        protocol: 'tcp',
        publicport: port,
        privateport: guestPort,
        openfirewall: false,
      });
      jobs.push(answer['jobid']);
    });
    // Jobs of one network end in order: asking for each of them all the time would keep the server from its work.
    for (const job of jobs.slice(-parallelWidth))
      await this.tenant.wait('createPortForwardingRule', job);
    this.#forwards = Math.max(this.#forwards, count);
  }
}
