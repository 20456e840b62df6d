import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { InstanceRow } from '../../store/schema.ts';

/** Guests are containers, which take what they use: their limits may add up to this many times the host's memory. */
const overcommit = 4;

/**
 * Reserves memory for an instance on a host by writing the host on its row; hosts are locked, so that two never share the last
 * of it. Throws `insufficient_capacity`.
 */
export async function reserveHost(tx: Db, instance: InstanceRow, hostId: string): Promise<void> {
  const host = await tx
    .selectFrom('hosts')
    .select(['name', 'memory_bytes'])
    .where('id', '=', hostId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const { rows } = await sql<{ used: number; wanted: number }>`
    select (select coalesce(sum(o.memory_mib), 0) from instances i
        join service_offerings o on o.id = i.service_offering_id
        where i.host_id = ${hostId} and i.id <> ${instance.id})::bigint as used,
      (select memory_mib from service_offerings where id = ${instance.service_offering_id})::bigint as wanted`.execute(
    tx,
  );
  const { used = 0, wanted = 0 } = rows[0] ?? {};
  const mebibyte = 2 ** 20;
  if ((used + wanted) * mebibyte > host.memory_bytes * overcommit)
    throw new IsolaError('insufficient_capacity', {
      reason: `Host ${host.name} has not enough memory left for ${wanted} MiB`,
    });
  await tx
    .updateTable('instances')
    .set({ host_id: hostId })
    .where('id', '=', instance.id)
    .execute();
}
