import { formatIpv4, type RouterHeader } from '@isola/model';
import { protocolNumbers } from '../nftables/box.ts';
import type { ElementStore } from '../nftables/element-store.ts';
import type { Run } from '../system/run.ts';
import { withFile } from '../system/with-file.ts';
import { type Flow, parseFlow } from './flow.ts';
import { admitsInbound, admitsOutbound } from './verdict.ts';

interface Cut {
  readonly run: Run;
  readonly store: ElementStore;
  readonly header: RouterHeader;
  /** Folder for a short-lived file. */
  readonly folder: string;
  /** Public addresses whose flows from outside are looked at, and those whose flows to the outside are. */
  readonly inbound: readonly string[];
  readonly outbound: readonly string[];
}

/**
 * Ends the tracked connections of public addresses that the rules no longer let in or map otherwise; all others live.
 * Gives how many it ended.
 */
export async function cutFlows({
  run,
  folder,
  store,
  header,
  inbound,
  outbound,
}: Cut): Promise<number> {
  const doomed: Flow[] = [];
  for (const address of inbound) {
    const flows = await listFlows(run, ['--orig-dst', address]);
    doomed.push(...flows.filter(flow => !admitsInbound(store, flow)));
  }
  for (const address of outbound) {
    const flows = await listFlows(run, ['--reply-dst', address]);
    // What the router itself sends as its address is not translated.
    const translated = flows.filter(({ original }) => formatIpv4(original.source) !== address);
    doomed.push(...translated.filter(flow => !admitsOutbound(store, header, flow)));
  }
  if (doomed.length === 0) return 0;
  const lines = `${doomed.map(deletion).join('\n')}\n`;
  // conntrack prints the flows that it deletes; some may have ended by themselves.
  const { stdout } = await withFile(folder, lines, path => run(['conntrack', '--load-file', path]));
  return parseFlows(stdout).length;
}

async function listFlows(run: Run, filter: readonly string[]): Promise<Flow[]> {
  const { stdout } = await run(['conntrack', '-L', ...filter]);
  return parseFlows(stdout);
}

function parseFlows(text: string): Flow[] {
  return text.split('\n').flatMap(line => parseFlow(line) ?? []);
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
