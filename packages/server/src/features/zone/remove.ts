import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Call } from '../../http/call.ts';
import { lockZone } from './update.ts';

/** Deletes a zone. 431 for an id that names none, 536 while something is in it. */
export async function removeZone(call: Call, id: string): Promise<void> {
  const zone = await lockZone(call, { parameter: 'id', id });
  const { rows } = await sql<{ what: string }>`
    select what from (
      select 'pod ' || name as what from pods where zone_id = ${zone.id}
      union all select 'physical network ' || name from physical_networks where zone_id = ${zone.id}
      union all select 'public addresses from ' || first_address from public_ranges where zone_id = ${zone.id}
      union all select 'network ' || name from networks where zone_id = ${zone.id}
      union all select 'instance ' || name from instances where zone_id = ${zone.id}
      union all select 'storage pool ' || name from storage_pools where zone_id = ${zone.id}
      union all select 'image store ' || name from image_stores where zone_id = ${zone.id}
      union all select 'template ' || name from templates where zone_id = ${zone.id} and type = 'USER'
    ) left_in_it limit 1`.execute(call.tx);
  const [left] = rows;
  if (left !== undefined)
    throw new IsolaError('in_use', {
      reason: `The zone ${zone.name} is not deletable because it still has ${left.what}`,
    });
  // What the installation brought along goes with it.
  await call.tx.deleteFrom('templates').where('zone_id', '=', zone.id).execute();
  await call.tx.deleteFrom('zones').where('id', '=', zone.id).execute();
}
