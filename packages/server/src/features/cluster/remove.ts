import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';

/** Deletes a cluster. 431 for an id that names none, 536 while hosts are in it, or something was on one that is removed. */
export async function removeCluster(call: Call, id: string): Promise<void> {
  const cluster = await call.tx
    .selectFrom('clusters')
    .selectAll()
    .where(identified(id))
    .forUpdate()
    .executeTakeFirst();
  if (cluster === undefined) throw unknownId(call, { parameter: 'id', id });
  const hosts = await call.tx
    .selectFrom('hosts')
    .select(['id', 'name', 'state'])
    .where('cluster_id', '=', cluster.id)
    .orderBy('seq')
    .execute();
  const standing = hosts.find(host => host.state !== 'Removed');
  if (standing !== undefined)
    throw inUse(`Cluster ${cluster.name} still has host ${standing.name}`);
  const pool = await call.tx
    .selectFrom('storage_pools')
    .select('name')
    .where('cluster_id', '=', cluster.id)
    .executeTakeFirst();
  if (pool !== undefined)
    throw inUse(`Cluster ${cluster.name} still has storage pool ${pool.name}`);
  for (const host of hosts) {
    const { rows } = await sql<{ name: string }>`
      select 'instance ' || name as name from instances where ${host.id} in (host_id, last_host_id, migration_target)
      union all select 'router ' || name from routers where host_id = ${host.id} limit 1`.execute(
      call.tx,
    );
    const [user] = rows;
    if (user !== undefined)
      throw inUse(
        `Cluster ${cluster.name} had host ${host.name}, where ${user.name} was last: start or expunge it first`,
      );
    await call.tx.deleteFrom('hosts').where('id', '=', host.id).execute();
  }
  await call.tx.deleteFrom('clusters').where('id', '=', cluster.id).execute();
}

function inUse(reason: string): IsolaError {
  return new IsolaError('in_use', { reason });
}
