import { identified, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { RowPatch } from '../../store/schema.ts';
import { hostCapacities } from '../capacity/host-capacity.ts';
import { capacityResponse } from '../capacity/response.ts';
import { selectClusters, withIds, withTexts } from '../zone/repository.ts';
import { removeCluster } from './remove.ts';
import { checkedName, hypervisorOf, insertCluster } from './repository.ts';
import { type ClusterEntity, clusterResponses } from './response.ts';

export const clusterCommands = {
  listClusters: {
    kind: 'sync',
    async run(call, params) {
      let query = selectClusters(call.tx).orderBy('clusters.seq');
      const filters = [
        ...withIds({ clusters: params.id, pods: params.podid, zones: params.zoneid }),
        ...withTexts({
          'clusters.name': params.name,
          'clusters.hypervisor': params.hypervisor,
          'clusters.allocation_state': params.allocationstate,
        }),
        ...(params.keyword === undefined ? [] : [containing('clusters.name', params.keyword)]),
      ];
      for (const filter of filters) query = query.where(filter);
      if (
        (params.clustertype ?? 'CloudManaged').toLowerCase() !== 'cloudmanaged' ||
        (params.managedstate ?? 'Managed').toLowerCase() !== 'managed'
      )
        return { count: 0, items: [] };
      const { count, rows } = await pageOf(call, query, params);
      if (params.showcapacities !== true)
        return { count, items: await clusterResponses(call.tx, rows) };
      const capacities = await hostCapacities(call.tx, 'cluster_id');
      const capacitiesOf = (id: string) =>
        (capacities.get(id) ?? []).map(one => capacityResponse(one, {}));
      return { count, items: await clusterResponses(call.tx, rows, capacitiesOf) };
    },
  },

  addCluster: {
    kind: 'sync',
    async run(call, params) {
      const zone = await call.tx
        .selectFrom('zones')
        .select('id')
        .where(identified(params.zoneid))
        .executeTakeFirst();
      if (zone === undefined) throw unknownId(call, { parameter: 'zoneid', id: params.zoneid });
      const pod = await call.tx
        .selectFrom('pods')
        .selectAll()
        .where(identified(params.podid))
        .executeTakeFirst();
      if (pod === undefined || pod.zone_id !== zone.id)
        throw unknownId(call, { parameter: 'podid', id: params.podid });
      const { id } = await insertCluster(call.tx, {
        pod,
        name: params.clustername,
        hypervisor: hypervisorOf(params.hypervisor),
        enabled: params.allocationstate?.toLowerCase() !== 'disabled',
      });
      return { count: 1, items: [await shown(call, id)] };
    },
  },

  updateCluster: {
    kind: 'sync',
    async run(call, params) {
      const found = await selectClusters(call.tx)
        .where(identified(params.id, 'clusters'))
        .executeTakeFirst();
      if (found === undefined) throw unknownId(call, { parameter: 'id', id: params.id });
      const patch: RowPatch<'clusters'> = {};
      if (params.clustername !== undefined) patch.name = checkedName(params.clustername);
      if (params.allocationstate !== undefined)
        patch.allocation_state =
          params.allocationstate.toLowerCase() === 'enabled' ? 'Enabled' : 'Disabled';
      if (Object.keys(patch).length > 0)
        await call.tx.updateTable('clusters').set(patch).where('id', '=', found.id).execute();
      return shown(call, found.id);
    },
  },

  deleteCluster: {
    kind: 'sync',
    async run(call, params) {
      await removeCluster(call, params.id);
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

async function shown(call: Call, id: string): Promise<ClusterEntity> {
  const [cluster] = await clusterResponses(call.tx, [
    await selectClusters(call.tx).where('clusters.id', '=', id).executeTakeFirstOrThrow(),
  ]);
  if (cluster === undefined) throw new Error('a cluster without an answer');
  return cluster;
}
