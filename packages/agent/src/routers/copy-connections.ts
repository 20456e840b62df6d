import { encodeFlows, isOpening, keyOf, parseFlows, type TrackedFlow } from './conntrack.ts';

const tableTimeoutMs = 120_000;

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
 * known to. Newer versions of conntrack stop at the first that is there, so the ones that are left are found out and written.
 */
export async function writeConnections(
  router: RunInNetwork,
  flows: readonly TrackedFlow[],
  tracked: readonly TrackedFlow[] = [],
): Promise<void> {
  const missing = without(flows, tracked);
  if (missing.length === 0) return;
  try {
    await load(router, missing);
  } catch (error) {
    const left = without(missing, await readConnections(router));
    if (left.length === missing.length) throw error;
    await writeConnections(router, left);
  }
}

async function load(router: RunInNetwork, flows: readonly TrackedFlow[]): Promise<void> {
  // conntrack opens its input by name, which works for a pipe and not for the sockets that Node and sshd give.
  const command = ['/bin/sh', '-c', 'cat | conntrack --load-file -'];
  await router(command, { input: encodeFlows(flows), timeoutMs: tableTimeoutMs });
}

function without(
  flows: readonly TrackedFlow[],
  tracked: readonly TrackedFlow[],
): readonly TrackedFlow[] {
  const there = new Set(tracked.map(keyOf));
  return flows.filter(flow => !there.has(keyOf(flow)));
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
