import { clock } from '../clock.ts';
import { type ForwardingNetwork, guestPort } from '../forwarding-network.ts';
import { numberOf } from '../message.ts';
import { NftBaseline } from '../nft-baseline.ts';
import { inParallel } from '../parallel.ts';
import type { Partner } from '../partner.ts';
import { appliesOf, counterOf } from '../router-log.ts';
import { figure, type Row } from '../row.ts';
import type { Section } from '../section.ts';
import { median, percentile } from '../statistics.ts';

const levels = [10, 1000, 10_000] as const;
const samples = 30;
/** Public UDP ports of the measured forwards. */
const firstPort = 30_000;

/** One more port forward, from the call to the first packet through it. */
export const rules: Section = {
  name: 'rules',
  title: 'One more port forward',
  method: `With 10, 1,000 and 10,000 port forwards there, ${samples} more are made one by one through the API. A client outside sends a datagram every millisecond to the new port; the firewall is open already. Times are from before the signed call is sent until its first echo is back, and from the call's answer (accepted) until then. The router's share is what its log says of each apply; elements are counted by the router. Baseline: one \`nft add element\` process and a map of that size.`,
  run: async lab => {
    const network = await lab.forwardingNetwork('many');
    const world = await lab.world();
    const echo = await lab.partnerBeside(network.guestPid, 'echo');
    await echo.ask({ port: guestPort });
    const prober = await lab.partnerIn(world.internet.outside.name, 'first-echo');
    const nft = await NftBaseline.make();
    const rows: Row[] = [];
    try {
      for (const level of levels) {
        await network.growTo(level);
        rows.push(...(await measure({ network, prober, nft, level })));
      }
    } finally {
      await Promise.all([echo.end(), prober.end(), nft.remove()]);
    }
    return rows;
  },
};

async function measure(parts: {
  network: ForwardingNetwork;
  prober: Partner;
  nft: NftBaseline;
  level: number;
}): Promise<Row[]> {
  const { network, prober, nft, level } = parts;
  const name = level.toLocaleString('en-US');
  const before = await counterOf(network.router, 'elementsWritten');
  const whole: number[] = [];
  const accepted: number[] = [];
  const made: string[] = [];
  for (let at = 0; at < samples; at += 1) {
    const sample = await oneMore(network, prober, firstPort + at);
    whole.push(sample.whole);
    accepted.push(sample.accepted);
    made.push(sample.id);
  }
  const written = (await counterOf(network.router, 'elementsWritten')) - before;
  const share = (await appliesOf(network.router)).slice(-samples).map(each => each.milliseconds);
  await inParallel(made, async id => {
    await network.tenant.job('deletePortForwardingRule', { id });
  });
  await nft.load(level);
  const bare: number[] = [];
  for (let at = 0; at < samples; at += 1) bare.push(await nft.add(firstPort + at));
  const baseline = { what: 'nft add element', value: median(bare) };
  return [
    {
      what: `call to packet at ${name}, p50`,
      value: median(whole),
      unit: 'ms',
      also: `p90 ${figure(percentile(whole, 0.9))}, max ${figure(Math.max(...whole))}, n ${samples}`,
      baseline,
      ...(level === 10_000 ? { aim: { below: 50 } } : {}),
    },
    {
      what: `accepted to packet at ${name}, p50`,
      value: median(accepted),
      unit: 'ms',
      also: `max ${figure(Math.max(...accepted))}`,
    },
    {
      what: `router's share at ${name}, p50`,
      value: median(share),
      unit: 'ms',
      also: `max ${figure(Math.max(...share))}`,
      baseline,
      ...(level === 10_000 ? { aim: { below: 5 } } : {}),
    },
    { what: `elements written a rule at ${name}`, value: written / samples, unit: 'elements' },
  ];
}

async function oneMore(
  network: ForwardingNetwork,
  prober: Partner,
  port: number,
): Promise<{ whole: number; accepted: number; id: string }> {
  await prober.ask({ host: network.publicAddress, port, every: 1 });
  const start = clock();
  const { tenant, address, instance } = network;
  const answer = await tenant.call('createPortForwardingRule', {
    ipaddressid: address['id'],
    virtualmachineid: instance['id'],
    protocol: 'udp',
    publicport: port,
    privateport: guestPort,
    openfirewall: false,
  });
  const accepted = clock();
  const at = numberOf(await prober.ask({}), 'at');
  await tenant.wait('createPortForwardingRule', answer['jobid']);
  return { whole: at - start, accepted: at - accepted, id: answer['id'] };
}
