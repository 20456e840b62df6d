import { directionsOf, encodeFlows, isOpening, parseFlows, type TrackedFlow } from './conntrack.ts';

const tableTimeoutMs = 120_000;
const maxRefused = 50;
/** Longer than it takes to give ports from one router to another. */
const lastingSeconds = 10;

/** Runs a program in the network of one router; see `Hypervisor.inNetworkOf`. */
export type RunInNetwork = (
  command: readonly string[],
  options?: { readonly input?: string; readonly timeoutMs?: number },
) => Promise<string>;

/** Reads the connections that a router tracks. The control link's own are left out. */
export async function readConnections(router: RunInNetwork): Promise<readonly TrackedFlow[]> {
  const list = ['conntrack', '-L', '-f', 'ipv4', '-o', 'extended'];
  const text = await router(list, { timeoutMs: tableTimeoutMs });
  return parseFlows(text).filter(
    flow =>
      !flow.original.source.startsWith('169.254.') &&
      !flow.original.destination.startsWith('169.254.'),
  );
}

/**
 * Makes the router track the connections; those that it tracks already stay as they are. `tracked` are the ones that it is
 * known to. Gives how many the kernel refused. Newer versions of conntrack end at the first that is there or clashes with
 * one that is, so what is left is found out and written. Throws when too many are refused: that has another cause.
 */
export async function writeConnections(
  router: RunInNetwork,
  flows: readonly TrackedFlow[],
  tracked: readonly TrackedFlow[] = [],
): Promise<number> {
  let left = without(flows, tracked);
  let refused = 0;
  while (left.length > 0) {
    try {
      await load(router, left);
      break;
    } catch (error) {
      const rest = without(left, await readConnections(router));
      // Nothing came of it: the first is what it ended at.
      if (rest.length === left.length) refused += 1;
      if (refused > maxRefused) throw error;
      left = rest.length === left.length ? rest.slice(1) : rest;
    }
  }
  return refused;
}

async function load(router: RunInNetwork, flows: readonly TrackedFlow[]): Promise<void> {
  // conntrack opens its input by name, which works for a pipe and not for the sockets that Node and sshd give.
  const command = ['/bin/sh', '-c', 'cat | conntrack --load-file -'];
  await router(command, { input: encodeFlows(flows), timeoutMs: tableTimeoutMs });
}

/** Those that share no direction with a tracked one: the kernel has no two entries for the same packets. */
function without(
  flows: readonly TrackedFlow[],
  tracked: readonly TrackedFlow[],
): readonly TrackedFlow[] {
  const there = new Set(tracked.flatMap(directionsOf));
  return flows.filter(flow => !directionsOf(flow).some(direction => there.has(direction)));
}

/** Those that a router which they were copied to still has a while later, although it sees none of their packets. */
export function lasting(flows: readonly TrackedFlow[]): readonly TrackedFlow[] {
  return flows.filter(flow => flow.timeout >= lastingSeconds);
}

/** Those that can be copied while the old router still forwards. */
export function settled(flows: readonly TrackedFlow[]): readonly TrackedFlow[] {
  return flows.filter(flow => !isOpening(flow));
}

/**
 * Lets the router go on with TCP connections whose beginning it has not seen: it does not know their windows.
 */
export async function acceptUnknownWindows(router: RunInNetwork): Promise<void> {
  await router(['sysctl', '-q', '-w', 'net.netfilter.nf_conntrack_tcp_be_liberal=1']);
}
