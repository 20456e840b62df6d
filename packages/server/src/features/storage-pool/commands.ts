import type { ParamsOf, ResultOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { RowPatch, StoragePoolRow } from '../../store/schema.ts';
import { withIds, withTexts } from '../zone/repository.ts';
import { checkedName } from '../zone/values.ts';
import { createPool, refuseTakenPoolName, tagsOf } from './create.ts';

export const storagePoolCommands = {
  createStoragePool: {
    kind: 'sync',
    run: async (call, params) => shown(call.tx, await createPool(call, params)),
  },

  listStoragePools: {
    kind: 'sync',
    async run(call, params) {
      let query = selectPools(call.tx);
      for (const filter of filtersOf(params)) query = query.where(filter);
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(response) };
    },
  },

  updateStoragePool: {
    kind: 'sync',
    async run(call, params) {
      const pool = await lockPool(call, params.id);
      const patch: RowPatch<'storage_pools'> = {};
      if (params.name !== undefined) {
        patch.name = checkedName(params.name);
        await refuseTakenPoolName(call.tx, {
          zone: { id: pool.zone_id },
          name: patch.name,
          id: pool.id,
        });
      }
      if (params.tags !== undefined) patch.tags = tagsOf(params.tags);
      if (params.capacitybytes !== undefined) patch.capacity_bytes = params.capacitybytes;
      if (params.capacityiops !== undefined) patch.capacity_iops = params.capacityiops;
      if (params.details !== undefined)
        patch.details = JSON.stringify(Object.assign({}, ...params.details));
      if (params.enabled !== undefined) patch.state = params.enabled ? 'Up' : 'Disabled';
      if (Object.keys(patch).length > 0)
        await call.tx.updateTable('storage_pools').set(patch).where('id', '=', pool.id).execute();
      return shown(call.tx, pool.id);
    },
  },

  deleteStoragePool: {
    kind: 'sync',
    async run(call, params) {
      const pool = await lockPool(call, params.id);
      await call.tx.deleteFrom('storage_pools').where('id', '=', pool.id).execute();
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

function selectPools(db: Db) {
  return db
    .selectFrom('storage_pools')
    .innerJoin('zones', 'zones.id', 'storage_pools.zone_id')
    .leftJoin('pods', 'pods.id', 'storage_pools.pod_id')
    .leftJoin('clusters', 'clusters.id', 'storage_pools.cluster_id')
    .selectAll('storage_pools')
    .select(['zones.name as zone', 'pods.name as pod', 'clusters.name as cluster'])
    .orderBy('storage_pools.seq');
}

async function lockPool(call: Call, id: string): Promise<StoragePoolRow> {
  const pool = await call.tx
    .selectFrom('storage_pools')
    .selectAll()
    .where(identified(id))
    .forUpdate()
    .executeTakeFirst();
  if (pool === undefined) throw unknownId(call, { parameter: 'id', id });
  return pool;
}

function filtersOf(params: ParamsOf<'listStoragePools'>): Expression<SqlBool>[] {
  const filters = [
    ...withIds({ zones: params.zoneid, pods: params.podid, clusters: params.clusterid }),
    ...withTexts({
      'storage_pools.name': params.name,
      'storage_pools.server': params.ipaddress,
      'storage_pools.path': params.path,
      'storage_pools.state': params.status,
    }),
  ];
  if (params.id !== undefined) filters.push(identified(params.id, 'storage_pools'));
  if (params.keyword !== undefined) filters.push(containing('storage_pools.name', params.keyword));
  if (params.scope !== undefined)
    filters.push(
      sql<SqlBool>`case when storage_pools.cluster_id is null then 'ZONE' else 'CLUSTER' end = upper(${params.scope})`,
    );
  if (params.hostid !== undefined)
    filters.push(sql<SqlBool>`exists (select 1 from hosts where ${identified(params.hostid, 'hosts')}
      and hosts.state <> 'Removed' and hosts.zone_id = storage_pools.zone_id and hosts.hypervisor = storage_pools.hypervisor
      and (storage_pools.cluster_id is null or hosts.cluster_id = storage_pools.cluster_id))`);
  return filters;
}

async function shown(db: Db, id: string) {
  return response(
    await selectPools(db).where('storage_pools.id', '=', id).executeTakeFirstOrThrow(),
  );
}

interface PoolOfPlace extends StoragePoolRow {
  readonly zone: string;
  readonly pod: string | null;
  readonly cluster: string | null;
}

function response(pool: PoolOfPlace): ResultOf<'listStoragePools'>['items'][number] {
  return {
    id: pool.id,
    name: pool.name,
    zoneid: pool.zone_id,
    zonename: pool.zone,
    ...(pool.pod_id === null ? {} : { podid: pool.pod_id, podname: pool.pod ?? '' }),
    ...(pool.cluster_id === null
      ? {}
      : { clusterid: pool.cluster_id, clustername: pool.cluster ?? '' }),
    scope: pool.cluster_id === null ? 'ZONE' : 'CLUSTER',
    type: pool.type,
    ipaddress: pool.server,
    path: pool.path,
    hypervisor: pool.hypervisor,
    provider: 'DefaultPrimary',
    state: pool.state,
    managed: false,
    istagarule: false,
    overprovisionfactor: '1.0',
    created: pool.created,
    details: pool.details,
    ...(pool.tags.length === 0 ? {} : { tags: pool.tags.join(',') }),
    ...(pool.capacity_bytes === null
      ? {}
      : { capacitybytes: pool.capacity_bytes, disksizetotal: pool.capacity_bytes }),
    ...(pool.capacity_iops === null ? {} : { capacityiops: pool.capacity_iops }),
  };
}
