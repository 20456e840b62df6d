import type { NicSpec } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { Names } from '../names.ts';
import { linkExists } from './ip-batch.ts';
import { bridgeOf } from './ports.ts';

/** Throws unless there are bridges for the NICs: those of segments the server asks for first, the others are made with the host. */
export async function requireNetworks(names: Names, nics: readonly NicSpec[]): Promise<void> {
  for (const { network } of nics) {
    if (await linkExists(bridgeOf(names, network))) continue;
    const what =
      network.kind === 'guest'
        ? `${network.segment.isolation} ${network.segment.id}`
        : network.kind;
    throw new IsolaError('resource_unavailable', { reason: `The host has no ${what} bridge` });
  }
}
