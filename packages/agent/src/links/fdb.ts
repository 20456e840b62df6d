import * as z from 'zod';
import { run } from '../process/run.ts';
import { encodeIpBatch } from './ip-batch.ts';

/** An entry of a forwarding database: where frames to a MAC go. */
export interface FdbEntry {
  readonly mac: string;
  readonly device: string;
  /** VXLAN: address of the host that they are sent to. */
  readonly destination: string | null;
}

const listed = z.array(
  z.looseObject({
    mac: z.string().optional(),
    ifname: z.string().optional(),
    dst: z.string().optional(),
  }),
);

/** Reads the output of `bridge -json fdb show`; with `dev`, it leaves the device's name out. */
export function parseFdb(json: string): readonly FdbEntry[] {
  return listed
    .parse(JSON.parse(json.trim() === '' ? '[]' : json))
    .flatMap(({ mac, ifname = '', dst = null }) =>
      mac === undefined ? [] : { mac, device: ifname, destination: dst },
    );
}

/** One command of `bridge -batch`, as its words. */
export type BridgeCommand = readonly string[];

/** Runs the commands in one process. All are tried, also when one fails; then it throws. */
export async function bridgeBatch(commands: readonly BridgeCommand[]): Promise<void> {
  await run('bridge', ['-force', '-batch', '-'], { input: encodeIpBatch(commands) });
}
