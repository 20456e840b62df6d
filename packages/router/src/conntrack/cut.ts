import { formatIpv4, type RouterHeader } from '@isola/model';
import { protocolNumbers } from '../nftables/box.ts';
import type { ElementStore } from '../nftables/element-store.ts';
import type { Run } from '../system/run.ts';
import { type Flow, parseFlow } from './flow.ts';
import { admitsInbound, admitsOutbound } from './verdict.ts';

interface Cut {
  readonly run: Run;
  readonly store: ElementStore;
  readonly header: RouterHeader;
  readonly addresses: readonly string[];
}

/**
 * Ends the tracked connections of public addresses that the rules no longer let in or map otherwise; all others live.
 * Gives how many it ended.
 */
export async function cutFlows({ run, store, header, addresses }: Cut): Promise<number> {
  const doomed: Flow[] = [];
  for (const address of addresses) {
    const inbound = await listFlows(run, ['--orig-dst', address]);
    doomed.push(...inbound.filter(flow => !admitsInbound(store, flow)));
    const outbound = await listFlows(run, ['--reply-dst', address]);
    doomed.push(
      ...outbound.filter(
        // What the router itself sends as its address is not translated.
        flow =>
          flow.original.source !== flow.reply.destination && !admitsOutbound(store, header, flow),
      ),
    );
  }
  if (doomed.length === 0) return 0;
  await run(['conntrack', '--load-file', '-'], { input: `${doomed.map(deletion).join('\n')}\n` });
  return doomed.length;
}

async function listFlows(run: Run, filter: readonly string[]): Promise<Flow[]> {
  const { stdout } = await run(['conntrack', '-L', ...filter]);
  return stdout.split('\n').flatMap(line => parseFlow(line) ?? []);
}

/** A line of conntrack's batch file. */
function deletion({ protocol, original, icmp }: Flow): string {
  const addresses = `-D -s ${formatIpv4(original.source)} -d ${formatIpv4(original.destination)}`;
  if (icmp !== null) {
    return `${addresses} -p icmp --icmp-type ${icmp.type} --icmp-code ${icmp.code} --icmp-id ${icmp.id}`;
  }
  const known = protocol === protocolNumbers.tcp || protocol === protocolNumbers.udp;
  const ports = `--sport ${original.sourcePort} --dport ${original.destinationPort}`;
  return `${addresses} -p ${protocol}${known ? ` ${ports}` : ''}`;
}
