import type { GuestSpec } from '@isola/agent-protocol';
import { clock } from '../clock.ts';
import type { MachineHost } from '../machine-host.ts';
import { type Neighbour, plugNeighbour } from '../neighbour.ts';
import { say } from '../progress.ts';
import { figure, type Row } from '../row.ts';
import type { Section } from '../section.ts';
import { median } from '../statistics.ts';

const samples = 3;
/** Seconds until a guest that does not come is given up. */
const patience = 240;
const hosts = [7, 8] as const;

/** From nothing to the first lease, with a router and a guest that are virtual machines. */
export const machineLease: Section = {
  name: 'machine-lease',
  title: 'From nothing to the lease, with virtual machines',
  method: `Emulated processors (no KVM), one agent, no server. The host is told to make a segment, its router (a copy of the warm image; its configuration with it) and then a guest of isola-tiny, as the server would tell it; until the guest answers a ping at the address that it got by DHCP (20 ms between pings, by somebody who knows its MAC). ${samples} times. Baseline: another guest in the same network, from the command on.`,
  run: async lab => {
    const host = await lab.machineHost();
    await host.ensureWarmImage();
    const first: number[] = [];
    const second: number[] = [];
    for (let at = 1; at <= samples; at += 1) {
      say(`network and two guests ${at} of ${samples}`);
      const times = await networkAndGuests(host);
      first.push(times.first);
      second.push(times.second);
    }
    const seconds = (all: readonly number[], pick: (all: readonly number[]) => number): number =>
      pick(all) / 1000;
    const what = 'another guest';
    return [
      {
        what: 'nothing to lease, p50',
        value: seconds(first, median),
        unit: 's',
        also: `max ${figure(Math.max(...first) / 1000)}, n ${samples}`,
        baseline: { what, value: seconds(second, median) },
      },
      {
        what: 'as a part of what the guest alone takes',
        value: median(first) / median(second),
        unit: 'of a guest',
        aim: { below: 2 },
      },
    ] satisfies Row[];
  },
};

async function networkAndGuests(host: MachineHost): Promise<{ first: number; second: number }> {
  const { agent } = host.world;
  const network = host.network();
  const [one, two] = [host.guest(network, hosts[0]), host.guest(network, hosts[1])];
  let neighbour: Neighbour | null = null;
  try {
    const start = clock();
    await host.makeSegment(network);
    neighbour = await plugNeighbour(host, network, 250);
    await host.startRouter(network, host.config(network, hosts));
    const first = (await answered(host, neighbour, one)) - start;
    const again = clock();
    const second = (await answered(host, neighbour, two)) - again;
    return { first, second };
  } finally {
    await neighbour?.remove();
    for (const { id } of [one, two]) await agent.call('destroyGuest', id);
    await host.removeRouter(network);
  }
}

/** Starts the guest; the time of its first answer to a ping. */
async function answered(
  host: MachineHost,
  { name, place }: Neighbour,
  guest: GuestSpec,
): Promise<number> {
  const [nic] = guest.nics;
  const [address = ''] = nic?.pinnedAddresses ?? [];
  // No waiting for ARP, which asks once a second.
  await place.run(['ip', 'neigh', 'replace', address, 'lladdr', nic?.mac ?? '', 'dev', 'eth0']);
  const starting = host.world.agent.call('startGuest', guest);
  const pings = ['ping', '-q', '-i', '0.02', '-c', '1', '-w', String(patience), address];
  const [at] = await Promise.all([
    place.tryRun(pings, (patience + 10) * 1000).then(({ code }) => {
      if (code === 0) return clock();
      throw new Error(`${guest.name} on ${name} has no lease after ${patience} s`);
    }),
    starting,
  ]);
  return at;
}
