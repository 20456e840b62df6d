import type { RouterConfig } from '@isola/model';
import type { TestNetwork } from '../../agent/host-world.ts';
import { clock } from '../clock.ts';
import type { Lab } from '../lab.ts';
import type { MachineHost } from '../machine-host.ts';
import { numberOf } from '../message.ts';
import { plugNeighbour } from '../neighbour.ts';
import type { Partner } from '../partner.ts';
import { say } from '../progress.ts';
import { parseApplies } from '../router-log.ts';
import { figure, type Row } from '../row.ts';
import type { Section } from '../section.ts';
import { median, percentile } from '../statistics.ts';

const levels = [10, 1000] as const;
const samples = 20;
const echoPort = 7000;
/** Between datagrams: an emulated router that had to look at one each millisecond would do little else. */
const probeMs = 10;
/** The last part of the address of who answers. */
const guest = 7;
/** Public UDP ports: those that are there, and those that are measured. */
const fillers = 10_000;
const firstPort = 30_000;

type Forward = RouterConfig['collections']['portForwards'][number];

/** One more port forward of a router that is a virtual machine. */
export const machineRules: Section = {
  name: 'machine-rules',
  title: 'One more port forward, in a virtual machine',
  method: `Emulated processors (no KVM), one agent, no server: what the server does before is in the section on containers. With 10 and 1,000 port forwards there, ${samples} more come one by one. A client outside sends a datagram every ${probeMs} ms to the new port; the firewall is open already. Times are from before the command to the agent until its first echo is back from behind the router. The router's share is what its log says of each apply. Baseline: one \`nft add element\` process in the same virtual machine, in a map of that size.`,
  run: async lab => {
    const host = await lab.machineHost();
    await host.ensureWarmImage();
    const network = host.network();
    await host.makeSegment(network);
    const neighbour = await plugNeighbour(host, network, guest);
    try {
      return await withRouter({ lab, host, network, inside: neighbour.name });
    } finally {
      await neighbour.remove();
      await host.removeRouter(network);
    }
  },
};

interface Parts {
  readonly lab: Lab;
  readonly host: MachineHost;
  readonly network: TestNetwork;
  /** Namespace behind the router. */
  readonly inside: string;
}

async function withRouter(parts: Parts): Promise<Row[]> {
  const { lab, host, network, inside } = parts;
  const config = opened(host.config(network, [guest]));
  await host.startRouter(network, config);
  const echo = await lab.partnerIn(inside, 'echo');
  await echo.ask({ port: echoPort });
  const prober = await lab.partnerIn(host.world.outside.name, 'first-echo');
  const rows: Row[] = [];
  let { generation } = config;
  try {
    for (const level of levels) {
      say(`${samples} rules at ${level}`);
      const there = Array.from({ length: level }, (_, at) => forward(network, fillers + at));
      const whole: number[] = [];
      const apply = async (more: number): Promise<void> => {
        generation += 1;
        const measured = Array.from({ length: more }, (_, at) => forward(network, firstPort + at));
        const portForwards = [...there, ...measured];
        const collections = { ...config.collections, portForwards };
        const wanted = { ...config, generation, collections };
        await host.world.agent.call('applyConfig', host.router(network).id, wanted);
      };
      await apply(0);
      for (let at = 0; at < samples; at += 1)
        whole.push(await oneMore({ prober, network, port: firstPort + at }, () => apply(at + 1)));
      const share = (await appliesIn(host, network)).slice(-samples);
      rows.push(...rowsOf(level, { whole, share, bare: await bareNft(host, network, level) }));
    }
  } finally {
    await Promise.all([echo.end(), prober.end()]);
  }
  return rows;
}

/** Milliseconds from the command to the first echo. */
async function oneMore(
  { prober, network, port }: { prober: Partner; network: TestNetwork; port: number },
  apply: () => Promise<void>,
): Promise<number> {
  await prober.ask({ host: publicAddress(network), port, every: probeMs });
  const start = clock();
  const applied = apply();
  const at = numberOf(await prober.ask({}), 'at');
  await applied;
  return at - start;
}

async function appliesIn(host: MachineHost, network: TestNetwork): Promise<readonly number[]> {
  const files = '/var/log/cloud.log';
  const text = await host.inRouter(network, `cat ${files}.1 2>/dev/null; cat ${files}`);
  return parseApplies(text).map(({ milliseconds }) => milliseconds);
}

/** Milliseconds of each `nft` that adds an element to a map of `count` in the router, timed there. */
async function bareNft(
  host: MachineHost,
  network: TestNetwork,
  count: number,
): Promise<readonly number[]> {
  const map = 'ip bench pf';
  const entry = (protocol: string, port: number | string): string =>
    `203.0.113.9 . ${protocol} . ${port} : 10.1.1.10 . ${echoPort}`;
  const elements = Array.from({ length: count }, (_, at) => entry('tcp', at + 1)).join(', ');
  const rules = `table ip bench { map pf { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; elements = { ${elements} }; }; }`;
  const script = [
    `nft -f - << 'END'\n${rules}\nEND`,
    `for port in $(seq 1 ${samples}); do`,
    'begin=$(date +%s%N)',
    `nft add element ${map} "{ ${entry('udp', '$port')} }"`,
    'echo $(($(date +%s%N) - begin))',
    'done',
    'nft delete table ip bench',
  ].join('\n');
  const lines = (await host.inRouter(network, script)).split('\n').filter(line => line !== '');
  return lines.map(nanoseconds => Number(nanoseconds) / 1e6);
}

function rowsOf(
  level: number,
  parts: {
    readonly whole: readonly number[];
    readonly share: readonly number[];
    readonly bare: readonly number[];
  },
): Row[] {
  const { whole, share, bare } = parts;
  const name = level.toLocaleString('en-US');
  const baseline = { what: 'nft add element', value: median(bare) };
  return [
    {
      what: `command to packet at ${name}, p50`,
      value: median(whole),
      unit: 'ms',
      also: `p90 ${figure(percentile(whole, 0.9))}, max ${figure(Math.max(...whole))}, n ${whole.length}`,
      baseline,
    },
    {
      what: `router's share at ${name}, p50`,
      value: median(share),
      unit: 'ms',
      also: `max ${figure(Math.max(...share))}`,
      baseline,
    },
    {
      what: `router's share at ${name} as a part of nft's`,
      value: median(share) / median(bare),
      unit: 'of nft',
      aim: { below: 1 },
    },
  ];
}

function publicAddress({ publicHost }: TestNetwork): string {
  return `203.0.113.${publicHost}`;
}

function forward(network: TestNetwork, port: number): Forward {
  return {
    id: `pf-${port}`,
    publicAddress: publicAddress(network),
    protocol: 'udp',
    publicPorts: { first: port, last: port },
    guestAddress: `10.1.1.${guest}`,
    guestPorts: { first: echoPort, last: echoPort },
  };
}

/** The configuration with a firewall that lets all datagrams in. */
function opened(config: RouterConfig): RouterConfig {
  const firewall = config.collections.firewall.map(rule =>
    rule.match.protocol === 'udp'
      ? { ...rule, match: { protocol: 'udp' as const, ports: { first: 1, last: 65_535 } } }
      : rule,
  );
  return { ...config, collections: { ...config.collections, firewall } };
}
