import { type Containers, containerPid } from '../world/containers.ts';
import { type Place, placeOf } from '../world/place.ts';
import { outcome, prefixed } from '../world/program.ts';
import { Channel } from './channel.ts';
import { channelProgram } from './recipe.ts';

/** Ways into the containers of an emulated host. */
export class MachineContainers {
  readonly #containers: Containers;
  readonly #channels: Channel[] = [];

  constructor(containers: Containers) {
    this.#containers = containers;
  }

  /** Process id of its init; throws when it does not run here. */
  pid(name: string): Promise<number> {
    return containerPid(this.#containers, name);
  }

  runs(name: string): Promise<boolean> {
    return this.pid(name).then(
      () => true,
      () => false,
    );
  }

  /** A container's network, with the host's tools. */
  async network(name: string): Promise<Place> {
    // A thread cannot change its network: the probes get a Node there, once.
    const inside = ['nsenter', '-t', String(await this.pid(name)), '-n'];
    const program = this.#containers.launcher.program([...inside, 'node', channelProgram]);
    const channel = await Channel.over(program, 180_000);
    this.#channels.push(channel);
    return placeOf(name, channel);
  }

  /** Its files and programs. */
  async inside(name: string): Promise<Place> {
    const prefix = ['nsenter', '-t', String(await this.pid(name)), '-a'];
    return placeOf(name, prefixed(this.#containers.launcher, prefix));
  }

  /** Ends it without a word, as a fault would. */
  async kill(name: string): Promise<void> {
    const kill = ['kill', '-9', String(await this.pid(name))];
    await outcome(this.#containers.launcher.program(kill));
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
  }
}
