import { run } from '../../world/exec.ts';
import { localProgram, type Program, ready } from '../../world/program.ts';
import {
  type ForwardingNetwork,
  firstPublicPort,
  guestPort,
  iperfPort,
} from '../forwarding-network.ts';
import { numberOf } from '../message.ts';
import type { Partner } from '../partner.ts';
import { makePlainPath, plainGuest } from '../plain-path.ts';
import { figure, type Row } from '../row.ts';
import type { Section } from '../section.ts';
import { median } from '../statistics.ts';

/** Many short rounds: what else the machine does then disturbs all paths alike. */
const rounds = 30;
const connectionsMilliseconds = 300;
const streamBytes = '200M';
/** Ahead of other work of the machine. */
const priority = ['nice', '-n', '-20'];
const few = 10;
const many = 10_000;

/** A way from the outside to a server. */
interface Path {
  readonly name: 'plain' | 'few' | 'many';
  readonly host: string;
  readonly firstPort: number;
  readonly ports: number;
}

type Results = Readonly<Record<Path['name'], number[]>>;

/** Traffic through the router by port forward, against plain forwarding. */
export const traffic: Section = {
  name: 'traffic',
  title: 'Traffic through the router',
  method: `A client outside reaches a server in a guest by port forward, over a router with 10 and one with 10,000 of them (connections go to all ports in turn), and over the same bridges and cables with a namespace that only routes in the router's place (plain forwarding: no connection tracking, no rules). New TCP connections a second for ${connectionsMilliseconds} ms, reset once they stand; then iperf3 with one TCP stream of ${streamBytes}B. ${rounds} rounds, the paths interleaved; medians, and the median of the rounds' ratios. Client, server and router share the processors.`,
  run: async lab => {
    const world = await lab.world();
    const networks = {
      few: await lab.forwardingNetwork('few'),
      many: await lab.forwardingNetwork('many'),
    };
    await networks.few.growTo(few);
    await networks.many.growTo(many);
    const plain = await makePlainPath(world.internet.core.name, world.host.name);
    const prefixes = [
      ['ip', 'netns', 'exec', plain.guestNamespace],
      ...Object.values(networks).map(({ guestPid }) => ['nsenter', '-t', String(guestPid), '-n']),
    ];
    const partners = [
      await lab.partnerIn(plain.guestNamespace, 'accept'),
      await lab.partnerBeside(networks.few.guestPid, 'accept'),
      await lab.partnerBeside(networks.many.guestPid, 'accept'),
    ];
    const client = await lab.partnerIn(world.internet.outside.name, 'connections');
    const servers: Program[] = [];
    try {
      for (const partner of partners) await partner.ask({ port: guestPort });
      for (const prefix of prefixes) {
        const iperf = ['iperf3', '-s', '--forceflush', '-p', String(iperfPort)];
        const server = localProgram([...prefix, ...priority, ...iperf]);
        servers.push(server);
        await ready('iperf3', server);
      }
      return await measure({
        client,
        outside: world.internet.outside.name,
        paths: [
          { name: 'plain', host: plainGuest, firstPort: guestPort, ports: 1 },
          path('few', networks.few, few),
          path('many', networks.many, many),
        ],
      });
    } finally {
      for (const server of servers) server.kill('SIGTERM');
      await Promise.all([client, ...partners].map(partner => partner.end()));
      await plain.remove();
    }
  },
};

function path(name: 'few' | 'many', network: ForwardingNetwork, ports: number): Path {
  return { name, host: network.publicAddress, firstPort: firstPublicPort, ports };
}

async function measure(parts: {
  client: Partner;
  outside: string;
  paths: readonly Path[];
}): Promise<Row[]> {
  const { client, outside, paths } = parts;
  const connections: Results = { plain: [], few: [], many: [] };
  const throughput: Results = { plain: [], few: [], many: [] };
  for (let round = 0; round < rounds; round += 1) {
    // Another path goes first in each round.
    const order = paths.map((_, at) => paths[(at + round) % paths.length]);
    for (const each of order) {
      if (each === undefined) continue;
      connections[each.name].push(await connectionRate(client, each));
    }
    for (const each of order) {
      if (each === undefined) continue;
      throughput[each.name].push(await gigabits(outside, each.host));
    }
  }
  return [
    ...compared('new connections', 'connections/s', connections),
    ...compared('throughput', 'Gb/s', throughput),
  ];
}

function compared(what: string, unit: string, { plain, few: at10, many: at10k }: Results): Row[] {
  const baseline = { what: 'plain forwarding', value: median(plain) };
  const spread = (samples: readonly number[]): string =>
    `${figure(Math.min(...samples))} to ${figure(Math.max(...samples))}`;
  const ratios = at10k.map((value, round) => value / (at10[round] ?? Number.NaN));
  return [
    { what: `${what} at 10`, value: median(at10), unit, also: spread(at10), baseline },
    { what: `${what} at 10,000`, value: median(at10k), unit, also: spread(at10k), baseline },
    {
      what: `${what} at 10,000 as a part of those at 10`,
      value: median(ratios),
      unit: 'of 10',
      also: `rounds ${spread(ratios)}`,
      aim: { atLeast: 0.95 },
    },
  ];
}

async function connectionRate(client: Partner, { host, firstPort, ports }: Path): Promise<number> {
  const milliseconds = connectionsMilliseconds;
  const answer = await client.ask({ host, firstPort, ports, milliseconds });
  const failures = numberOf(answer, 'failures');
  const made = numberOf(answer, 'connections');
  if (failures > made / 1000) throw new Error(`${failures} connections to ${host} failed`);
  return (made / numberOf(answer, 'milliseconds')) * 1000;
}

async function gigabits(outside: string, host: string): Promise<number> {
  const client = ['iperf3', '-J', '-c', host, '-p', String(iperfPort), '-n', streamBytes];
  const text = await run(['ip', 'netns', 'exec', outside, ...priority, ...client]);
  const answer = JSON.parse(text) as { end: { sum_received: { bits_per_second: number } } };
  return answer.end.sum_received.bits_per_second / 1e9;
}
