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
 * Gives how many it ended. Throws when the connections cannot be read or ended.
 */
export async function cutFlows({
  run,
  folder,
  store,
  header,
  inbound,
  outbound,
}: Cut): Promise<number> {
  const deletions = new Set<string>();
  for (const address of inbound) {
    const flows = await listFlows(run, ['--orig-dst', address]);
    const admitted = (flow: Flow): boolean => admitsInbound(store, flow);
    addDeletions(deletions, flows, { admitted, together: toSamePort });
  }
  for (const address of outbound) {
    const flows = await listFlows(run, ['--reply-dst', address]);
    // What the router itself sends as its address is not translated.
    const admitted = (flow: Flow): boolean =>
      formatIpv4(flow.original.source) === address || admitsOutbound(store, header, flow);
    addDeletions(deletions, flows, { admitted, together: fromSameGuest });
  }
  if (deletions.size === 0) return 0;
  const lines = `${[...deletions].join('\n')}\n`;
  // conntrack prints the flows that it deletes; some may have ended by themselves, which it calls a failure.
  const { code, stdout, stderr } = await withFile(folder, lines, path =>
    run(['conntrack', '--load-file', path]),
  );
  if (code > 2) throw new Error(`conntrack: ${stderr.trim()}`);
  return parseFlows(stdout).length;
}

/**
 * Adds deletions of the flows that are not admitted. Each reads the whole table: where all flows that a wider one,
 * `together`, names have to go, it does for all of them.
 */
function addDeletions(
  deletions: Set<string>,
  flows: readonly Flow[],
  cut: {
    readonly admitted: (flow: Flow) => boolean;
    readonly together: (flow: Flow) => string;
  },
): void {
  const doomed: Flow[] = [];
  const kept = new Set<string>();
  for (const flow of flows) {
    if (cut.admitted(flow)) kept.add(cut.together(flow));
    else doomed.push(flow);
  }
  for (const flow of doomed) {
    const together = cut.together(flow);
    deletions.add(kept.has(together) ? deletion(flow) : together);
  }
}

async function listFlows(run: Run, filter: readonly string[]): Promise<Flow[]> {
  const { code, stdout, stderr } = await run(['conntrack', '-L', ...filter]);
  if (code !== 0) throw new Error(`conntrack: ${stderr.trim()}`);
  return parseFlows(stdout);
}

function parseFlows(text: string): Flow[] {
  return text.split('\n').flatMap(line => parseFlow(line) ?? []);
}

function hasPorts({ protocol }: Flow): boolean {
  return protocol === protocolNumbers.tcp || protocol === protocolNumbers.udp;
}

/** A line of conntrack's batch file. */
function deletion(flow: Flow): string {
  const { protocol, original, icmp } = flow;
  const addresses = `-D -s ${formatIpv4(original.source)} -d ${formatIpv4(original.destination)}`;
  if (icmp !== null) {
    return `${addresses} -p icmp --icmp-type ${icmp.type} --icmp-code ${icmp.code} --icmp-id ${icmp.id}`;
  }
  const ports = `--sport ${original.sourcePort} --dport ${original.destinationPort}`;
  return `${addresses} -p ${protocol}${hasPorts(flow) ? ` ${ports}` : ''}`;
}

function toSamePort(flow: Flow): string {
  const { protocol, original } = flow;
  const port = hasPorts(flow) ? ` --dport ${original.destinationPort}` : '';
  return `-D -d ${formatIpv4(original.destination)} -p ${protocol}${port}`;
}

function fromSameGuest({ original, reply }: Flow): string {
  return `-D -s ${formatIpv4(original.source)} --reply-dst ${formatIpv4(reply.destination)}`;
}
