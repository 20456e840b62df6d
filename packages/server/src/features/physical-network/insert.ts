import type { Db } from '../../store/database.ts';
import type { AllocationState, PhysicalNetworkRow } from '../../store/schema.ts';
import { addProvider, providerNames } from '../network-provider/insert.ts';
import type { TagRange } from './tag-ranges.ts';

interface NewPhysicalNetwork {
  readonly zoneId: string;
  readonly name: string;
  readonly isolation: PhysicalNetworkRow['isolation_method'];
  readonly ranges: readonly TagRange[];
  readonly state: AllocationState;
  readonly tags?: readonly string[];
  readonly speed?: string | null;
  readonly domainId?: string | null;
}

/** Writes a physical network with its ranges, and the providers that every one has, which are disabled. */
export async function insertPhysicalNetwork(
  tx: Db,
  { zoneId, name, isolation, ranges, state, tags = [], speed, domainId }: NewPhysicalNetwork,
): Promise<PhysicalNetworkRow> {
  const network = await tx
    .insertInto('physical_networks')
    .values({
      zone_id: zoneId,
      name,
      isolation_method: isolation,
      state,
      tags: [...tags],
      network_speed: speed ?? null,
      domain_id: domainId ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await replaceTagRanges(tx, network.id, ranges);
  for (const provider of providerNames)
    await addProvider(tx, { physicalNetworkId: network.id, name: provider, withElement: true });
  return network;
}

/** Gives a physical network these ranges. What has a tag outside of them keeps it. */
export async function replaceTagRanges(
  tx: Db,
  id: string,
  ranges: readonly TagRange[],
): Promise<void> {
  await tx.deleteFrom('vlan_ranges').where('physical_network_id', '=', id).execute();
  if (ranges.length === 0) return;
  await tx
    .insertInto('vlan_ranges')
    .values(
      ranges.map(({ first, last }) => ({
        physical_network_id: id,
        first_tag: first,
        last_tag: last,
      })),
    )
    .execute();
}
