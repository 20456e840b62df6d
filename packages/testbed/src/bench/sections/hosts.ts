import { containersOf, HostsWorld } from '../../hosts/hosts-world.ts';
import type { Answer } from '../../world/api.ts';
import { until } from '../../world/exec.ts';
import type { Place } from '../../world/place.ts';
import { acquire, forward, open } from '../../world/rules.ts';
import { offloadingOf } from '../offloading.ts';
import { say } from '../progress.ts';
import { figure, type Row } from '../row.ts';
import type { Section } from '../section.ts';
import { median } from '../statistics.ts';

/** Short rounds: what else the machine does then disturbs all paths alike. */
const rounds = 5;
const seconds = 3;
const iperfPort = 5201;

/** A client, and where its server is. */
interface Path {
  readonly from: Pick<Place, 'run' | 'tryRun'>;
  readonly to: string;
}

interface Paths {
  readonly plain: Path;
  readonly across: Path;
  readonly routed: Path;
  /** The network's router, which is on another host than the server of `routed`. */
  readonly router: Place;
}

type Rates = Readonly<Record<'plain' | 'across' | 'quick' | 'slow', number[]>>;

/** Throughput between two emulated hosts, for a way of isolation. */
export function hostsSection(isolation: 'VLAN' | 'VXLAN'): Section {
  return {
    name: `hosts-${isolation.toLowerCase()}`,
    title: `Throughput across hosts, ${isolation}`,
    method: `Two emulated hosts (Debian's kernel, 2 processors each, no KVM) with containers and a trunk between them, joined to a server. iperf3 with one TCP stream for ${seconds} s: between the hosts themselves over the trunk, without bridges, tags and containers (the baseline); between two guests of a network, one on each host; and from a client outside by port forward through the router on one host to the guest on the other, with the router's flow table and without (its program is stopped and the rule that fills the table deleted). ${rounds} rounds, the paths interleaved; medians, and medians of the rounds' ratios.`,
    run: async lab => {
      say('two emulated hosts that join a server (minutes)');
      const making = HostsWorld.make(isolation === 'VLAN' ? 'bl' : 'bx', 2, { isolation });
      return await lab.using(making, async hosts => rowsOf(await measure(await pathsOf(hosts))));
    },
  };
}

async function pathsOf(hosts: HostsWorld): Promise<Paths> {
  const [first, second] = hosts.hosts;
  if (first === undefined || second === undefined) throw new Error('there are not two hosts');
  say('a network with a guest on each host');
  const tenant = await hosts.world.tenant('bench');
  const network = await hosts.world.network(tenant, 'bench');
  const one = await hosts.deployOn(first, tenant, { name: 'one', network });
  const two = await hosts.deployOn(second, tenant, { name: 'two', network });
  const inside = { one: await hosts.guest(one), two: await hosts.guest(two) };
  const shown = await hosts.router(network['id']);
  const at = hosts.hostOf(shown);
  const far = at === first ? two : one;
  const publicAddress = await acquire(tenant, network['id']);
  const ports: [number, number] = [iperfPort, iperfPort];
  const rule = { to: far, protocol: 'tcp', public: ports, private: ports } as const;
  await forward(tenant, publicAddress, rule);
  await open(tenant, publicAddress, { protocol: 'tcp', first: iperfPort });
  for (const place of [second.machine.place, inside.one, inside.two])
    await place.run(['iperf3', '-s', '-D', '-p', String(iperfPort)]);
  return {
    plain: { from: first.machine.place, to: second.machine.addresses.trunk.split('/')[0] ?? '' },
    across: { from: inside.one, to: addressOf(two) },
    routed: { from: hosts.world.internet.outside, to: publicAddress['ipaddress'] },
    router: await containersOf(at).inside(shown['name']),
  };
}

async function measure({ plain, across, routed, router }: Paths): Promise<Rates> {
  const rates: Rates = { plain: [], across: [], quick: [], slow: [] };
  const offloading = offloadingOf(router);
  for (const path of [plain, across, routed])
    await until(`iperf3 at ${path.to}`, () => megabits(path, 1).catch(() => false as const));
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    rates.plain.push(await megabits(plain));
    rates.across.push(await megabits(across));
    rates.quick.push(await megabits(routed));
    await offloading.stop();
    rates.slow.push(await megabits(routed));
    await offloading.resume();
  }
  return rates;
}

async function megabits({ from, to }: Path, time = seconds): Promise<number> {
  const text = await from.run([
    'iperf3',
    '-J',
    '-c',
    to,
    '-p',
    String(iperfPort),
    '-t',
    String(time),
  ]);
  const answer = JSON.parse(text) as { end: { sum_received: { bits_per_second: number } } };
  return answer.end.sum_received.bits_per_second / 1e6;
}

function rowsOf({ plain, across, quick, slow }: Rates): Row[] {
  const baseline = { what: 'host to host', value: median(plain) };
  const spread = (samples: readonly number[]): string =>
    `${figure(Math.min(...samples))} to ${figure(Math.max(...samples))}`;
  const row = (what: string, samples: readonly number[]): Row => ({
    what,
    value: median(samples),
    unit: 'Mb/s',
    also: spread(samples),
    baseline,
  });
  const part = (what: string, to: { unit: string; atLeast: number }, [over, under]: Ratio): Row => {
    const ratios = over.map((value, at) => value / (under[at] ?? Number.NaN));
    return {
      what,
      value: median(ratios),
      unit: to.unit,
      also: `rounds ${spread(ratios)}`,
      aim: { atLeast: to.atLeast },
    };
  };
  return [
    row('guest to guest', across),
    row('outside to guest, with flow table', quick),
    row('outside to guest, without flow table', slow),
    part('guest to guest as a part of host to host', { unit: 'of it', atLeast: 0.5 }, [
      across,
      plain,
    ]),
    part('with flow table as a multiple of without', { unit: 'times', atLeast: 1 }, [quick, slow]),
  ];
}

type Ratio = readonly [over: readonly number[], under: readonly number[]];

function addressOf(instance: Answer): string {
  return instance['nic'][0].ipaddress as string;
}
