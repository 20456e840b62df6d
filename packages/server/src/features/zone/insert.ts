import { randomUUID } from 'node:crypto';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NewRow, ZoneRow } from '../../store/schema.ts';

/** Writes a zone. 431 when there is one of that name. */
export async function insertZone(
  tx: Db,
  zone: Omit<NewRow<'zones'>, 'zone_token'>,
): Promise<ZoneRow> {
  await refuseTakenZoneName(tx, zone.name, null);
  return tx
    .insertInto('zones')
    .values({ ...zone, zone_token: randomUUID() })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** 431 when another zone than `id` has the name. */
export async function refuseTakenZoneName(tx: Db, name: string, id: string | null): Promise<void> {
  const taken = await tx
    .selectFrom('zones')
    .select('id')
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .executeTakeFirst();
  if (taken !== undefined && taken.id !== id)
    throw new IsolaError('refused_value', {
      reason: `A zone with the name ${name} already exists`,
    });
}
