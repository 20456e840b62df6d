import { installationId } from '@isola/agent';
import type { TestNetwork } from '../agent/host-world.ts';
import { run } from '../world/exec.ts';
import { inNamespace, type Place } from '../world/place.ts';
import type { MachineHost } from './machine-host.ts';

/** A namespace on a network's bridge, at once and without a lease: what a guest would be if starting took no time. */
export interface Neighbour {
  readonly name: string;
  readonly place: Place;
  remove(): Promise<void>;
}

/** Plugs 10.1.1.`part` into the segment of the network, which must be there. */
export async function plugNeighbour(
  host: MachineHost,
  network: TestNetwork,
  part: number,
): Promise<Neighbour> {
  const name = `be-${network.vlan}`;
  const cable = `be${network.vlan}`;
  const { namespace, options } = host.world;
  const bridge = `i${installationId(options.home)}n${network.vlan}`;
  await run(['ip', 'netns', 'add', name]);
  const outer = ['ip', 'link', 'add', cable, 'netns', namespace, 'type', 'veth'];
  await run([...outer, 'peer', 'name', 'eth0', 'netns', name]);
  await run(['ip', '-n', namespace, 'link', 'set', cable, 'master', bridge, 'up']);
  await run(['ip', '-n', name, 'addr', 'add', `10.1.1.${part}/24`, 'dev', 'eth0']);
  await run(['ip', '-n', name, 'link', 'set', 'eth0', 'up']);
  await run(['ip', '-n', name, 'route', 'add', 'default', 'via', '10.1.1.1']);
  return {
    name,
    place: inNamespace(name),
    remove: async () => {
      await run(['ip', '-n', namespace, 'link', 'del', cable]);
      await run(['ip', 'netns', 'del', name]);
    },
  };
}
