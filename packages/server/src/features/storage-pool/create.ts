import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { ClusterRow, ZoneRow } from '../../store/schema.ts';
import { hypervisorOf } from '../cluster/repository.ts';
import { lockZone } from '../zone/update.ts';
import { checkedName } from '../zone/values.ts';
import { parseStorageUrl } from './url.ts';

type Params = ParamsOf<'createStoragePool'>;

/** Writes the record of a pool; gives its id. 431 for a name or place that the zone has. */
export async function createPool(call: Call, params: Params): Promise<string> {
  if (params.managed === true) throw refused('managed: the disks of instances are files');
  const location = parseStorageUrl(params.url);
  const zone = await lockZone(call, { parameter: 'zoneid', id: params.zoneid });
  const name = checkedName(params.name);
  await refuseTakenPoolName(call.tx, { zone, name, id: null });
  const taken = await call.tx
    .selectFrom('storage_pools')
    .select('name')
    .where('zone_id', '=', zone.id)
    .where('type', '=', location.type)
    .where('server', '=', location.server)
    .where('path', '=', location.path)
    .executeTakeFirst();
  if (taken !== undefined) throw refused(`Storage pool ${taken.name} has this url already`);
  const { id } = await call.tx
    .insertInto('storage_pools')
    .values({
      zone_id: zone.id,
      ...(await placeOf(call, params, zone)),
      ...location,
      name,
      tags: tagsOf(params.tags?.split(',') ?? []),
      capacity_bytes: params.capacitybytes ?? null,
      capacity_iops: params.capacityiops ?? null,
      details: JSON.stringify(Object.assign({}, ...(params.details ?? []))),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** 431 when another pool of the zone than `id` has the name. */
export async function refuseTakenPoolName(
  tx: Db,
  { zone, name, id }: { zone: Pick<ZoneRow, 'id'>; name: string; id: string | null },
): Promise<void> {
  const taken = await tx
    .selectFrom('storage_pools')
    .select('id')
    .where('zone_id', '=', zone.id)
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .executeTakeFirst();
  if (taken !== undefined && taken.id !== id)
    throw refused(`A storage pool with the name ${name} already exists`);
}

/** Each tag once, without blanks around it. */
export function tagsOf(texts: readonly string[]): string[] {
  return [...new Set(texts.map(text => text.trim()).filter(text => text !== ''))];
}

interface PoolPlace {
  readonly pod_id: string | null;
  readonly cluster_id: string | null;
  readonly hypervisor: ClusterRow['hypervisor'];
}

async function placeOf(call: Call, params: Params, zone: ZoneRow): Promise<PoolPlace> {
  const { clusterid, podid, hypervisor } = params;
  if (params.scope?.toUpperCase() === 'ZONE') {
    if (clusterid !== undefined || podid !== undefined)
      throw refused('podid and clusterid are for scope CLUSTER');
    if (hypervisor === undefined) throw refused('hypervisor must be given for scope ZONE');
    return { pod_id: null, cluster_id: null, hypervisor: hypervisorOf(hypervisor) };
  }
  if (clusterid === undefined || podid === undefined)
    throw refused('podid and clusterid must be given for scope CLUSTER');
  const cluster = await call.tx
    .selectFrom('clusters')
    .selectAll()
    .where(identified(clusterid))
    .where('zone_id', '=', zone.id)
    .forKeyShare()
    .executeTakeFirst();
  if (cluster === undefined) throw unknownId(call, { parameter: 'clusterid', id: clusterid });
  const pod = await call.tx
    .selectFrom('pods')
    .select('id')
    .where(identified(podid))
    .executeTakeFirst();
  if (pod?.id !== cluster.pod_id) throw unknownId(call, { parameter: 'podid', id: podid });
  return { pod_id: cluster.pod_id, cluster_id: cluster.id, hypervisor: cluster.hypervisor };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
