import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.ts';
import { encodeFlows, isOpening, parseFlows, type TrackedFlow } from './conntrack.ts';

const tableTimeoutMs = 120_000;

/** Reads the connections that a router tracks; `pid` is its init's. The control link's own are left out. */
export async function readConnections(pid: number): Promise<readonly TrackedFlow[]> {
  const list = ['conntrack', '-L', '-f', 'ipv4', '-o', 'extended'];
  const text = await inNetworkOf(pid, list);
  return parseFlows(text).filter(
    flow =>
      !flow.original.source.startsWith('169.254.') &&
      !flow.original.destination.startsWith('169.254.'),
  );
}

/**
 * Makes the router track the connections; those that it tracks already stay as they are. `folder` takes the file
 * between the two programs: conntrack opens its input by name, which a pipe of Node's does not allow.
 */
export async function writeConnections(
  router: { readonly pid: number; readonly folder: string },
  flows: readonly TrackedFlow[],
): Promise<void> {
  if (flows.length === 0) return;
  const file = join(router.folder, 'connections');
  await writeFile(file, encodeFlows(flows), { mode: 0o600 });
  await inNetworkOf(router.pid, ['conntrack', '--load-file', file]);
  await rm(file, { force: true });
}

/** Those that can be copied while the old router still forwards. */
export function settled(flows: readonly TrackedFlow[]): readonly TrackedFlow[] {
  return flows.filter(flow => !isOpening(flow));
}

/**
 * Lets the router go on with TCP connections whose beginning it has not seen: it does not know their windows.
 */
export async function acceptUnknownWindows(pid: number): Promise<void> {
  await inNetworkOf(pid, ['sysctl', '-q', '-w', 'net.netfilter.nf_conntrack_tcp_be_liberal=1']);
}

function inNetworkOf(pid: number, command: readonly string[]): Promise<string> {
  return run('nsenter', ['--target', String(pid), '--net', '--', ...command], {
    timeoutMs: tableTimeoutMs,
  });
}
