import * as z from 'zod';
import { run } from '../process/run.ts';

/** An IPv4 address of this network namespace, and the interface that has it. */
export interface HeldAddress {
  readonly address: string;
  readonly holder: string;
}

const listed = z.array(
  z.looseObject({
    ifname: z.string().optional(),
    addr_info: z.array(z.looseObject({ local: z.string().optional() })).optional(),
  }),
);

/** Reads the output of `ip -json -4 addr show`. */
export function parseAddresses(json: string): readonly HeldAddress[] {
  return listed
    .parse(JSON.parse(json.trim() === '' ? '[]' : json))
    .flatMap(({ ifname: holder, addr_info: held = [] }) =>
      held.flatMap(({ local: address }) =>
        holder === undefined || address === undefined ? [] : [{ address, holder }],
      ),
    );
}

export async function readAddresses(): Promise<readonly HeldAddress[]> {
  return parseAddresses(await run('ip', ['-json', '-4', 'addr', 'show']));
}
