import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { AllocationState, PodRow, ZoneRow } from '../../store/schema.ts';
import type { AddressBlock } from '../address-range/block.ts';

interface NewPod {
  readonly zone: Pick<ZoneRow, 'id' | 'name'>;
  readonly name: string;
  /** `null`: a pod without management addresses. */
  readonly block: AddressBlock | null;
  readonly state: AllocationState;
}

/** Writes a pod and its first range of management addresses. 431 when the zone has one of that name. */
export async function insertPod(tx: Db, { zone, name, block, state }: NewPod): Promise<PodRow> {
  await refuseTakenPodName(tx, { zone, name, id: null });
  const pod = await tx
    .insertInto('pods')
    .values({
      zone_id: zone.id,
      name,
      gateway: block?.gateway ?? null,
      prefix: block?.prefix ?? null,
      allocation_state: state,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (block !== null) await insertPodRange(tx, { podId: pod.id, block });
  return pod;
}

interface NewPodRange {
  readonly podId: string;
  readonly block: AddressBlock;
  readonly vlan?: string;
  readonly forSystemVms?: boolean;
}

export async function insertPodRange(
  tx: Db,
  { podId, block, vlan, forSystemVms = false }: NewPodRange,
): Promise<void> {
  await tx
    .insertInto('pod_ranges')
    .values({
      pod_id: podId,
      gateway: block.gateway,
      prefix: block.prefix,
      first_address: block.first,
      last_address: block.last,
      for_system_vms: forSystemVms,
      ...(vlan === undefined ? {} : { vlan }),
    })
    .execute();
}

/** 431 when another pod of the zone than `id` has the name. */
export async function refuseTakenPodName(
  tx: Db,
  { zone, name, id }: Pick<NewPod, 'zone' | 'name'> & { readonly id: string | null },
): Promise<void> {
  const taken = await tx
    .selectFrom('pods')
    .select('id')
    .where('zone_id', '=', zone.id)
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .executeTakeFirst();
  if (taken !== undefined && taken.id !== id)
    throw new IsolaError('refused_value', {
      reason: `A pod with the name ${name} already exists in zone ${zone.name}`,
    });
}
