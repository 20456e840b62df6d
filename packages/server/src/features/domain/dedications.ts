import { IsolaError } from '@isola/model';
import type { Db } from '../../store/database.ts';

/** Refuses (536), as CloudStack does, to delete domains that a zone is set aside for. */
export async function refuseDedications(tx: Db, domainIds: readonly string[]): Promise<void> {
  const zone = await tx
    .selectFrom('zones')
    .select('name')
    .where('domain_id', 'in', domainIds)
    .limit(1)
    .executeTakeFirst();
  if (zone === undefined) return;
  throw new IsolaError('in_use', {
    reason: `Zone ${zone.name} is set aside for this domain; cleanup=true releases it`,
  });
}

/**
 * What is set aside for these domains is everybody's again: zones, physical networks and ranges of public addresses. What accounts
 * have of their own is released with them.
 */
export async function releaseDedications(tx: Db, domainIds: readonly string[]): Promise<void> {
  for (const table of ['zones', 'physical_networks', 'public_ranges'] as const)
    await tx
      .updateTable(table)
      .set({ domain_id: null })
      .where('domain_id', 'in', domainIds)
      .execute();
}
