import type { NicSpec } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import type { Names } from '../names.ts';
import { linkExists } from './ip-batch.ts';
import { bridgeOf } from './ports.ts';
import { ensureSegment } from './segments.ts';

/** Makes the segments that the NICs need; a missing control or public bridge is the host's fault. */
export async function ensureNetworks(names: Names, nics: readonly NicSpec[]): Promise<void> {
  for (const { network } of nics) {
    if (await linkExists(bridgeOf(names, network))) continue;
    if (network.kind === 'guest') await ensureSegment(names, network.vlan);
    else
      throw new IsolaError('resource_unavailable', {
        reason: `The host has no ${network.kind} bridge; it is made when the server starts`,
      });
  }
}
