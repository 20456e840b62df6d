import type { ParamsOf } from '@isola/api';
import { identified } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { pageOfList } from '../../store/page.ts';
import { selectPods } from '../pod/repository.ts';
import { selectClusters } from '../zone/repository.ts';
import { hostCapacities } from './host-capacity.ts';
import { type CapacityEntity, capacityResponse } from './response.ts';
import { zoneCapacities } from './zone-capacity.ts';

export const capacityCommands = {
  listCapacity: {
    kind: 'sync',
    async run(call, params) {
      const all = (await ofPlace(call, params)).filter(
        capacity =>
          (params.type === undefined || capacity.type === params.type) &&
          (capacity.name ?? '').toLowerCase().includes((params.keyword ?? '').toLowerCase()),
      );
      if (params.sortby?.toLowerCase() === 'usage')
        all.sort((a, b) => Number(b.percentused) - Number(a.percentused));
      const { count, rows } = pageOfList(call, all, params);
      return { count, items: rows };
    },
  },
} satisfies Partial<Handlers>;

/** Of a cluster or pod, what its hosts have; otherwise of each zone, or the one that is asked for, everything. */
async function ofPlace(call: Call, params: ParamsOf<'listCapacity'>): Promise<CapacityEntity[]> {
  const { tx } = call;
  if (params.clusterid !== undefined) {
    const rows = await selectClusters(tx).where(identified(params.clusterid, 'clusters')).execute();
    const capacities = await hostCapacities(tx, 'cluster_id');
    return rows.flatMap(row =>
      (capacities.get(row.id) ?? []).map(one =>
        capacityResponse(one, {
          zoneid: row.zone_id,
          zonename: row.zone,
          podid: row.pod_id,
          podname: row.pod,
          clusterid: row.id,
          clustername: row.name,
        }),
      ),
    );
  }
  if (params.podid !== undefined) {
    const rows = await selectPods(tx).where(identified(params.podid, 'pods')).execute();
    const capacities = await hostCapacities(tx, 'pod_id');
    return rows.flatMap(row =>
      (capacities.get(row.id) ?? []).map(one =>
        capacityResponse(one, {
          zoneid: row.zone_id,
          zonename: row.zone,
          podid: row.id,
          podname: row.name,
        }),
      ),
    );
  }
  let query = tx.selectFrom('zones').select(['id', 'name']).orderBy('seq');
  if (params.zoneid !== undefined) query = query.where(identified(params.zoneid));
  const zones = await query.execute();
  const hosts = await hostCapacities(tx, 'zone_id');
  const others = await zoneCapacities(tx);
  return zones.flatMap(zone =>
    [...(hosts.get(zone.id) ?? []), ...(others.get(zone.id) ?? [])].map(one =>
      capacityResponse(one, { zoneid: zone.id, zonename: zone.name }),
    ),
  );
}
