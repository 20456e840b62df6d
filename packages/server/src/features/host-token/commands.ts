import type { ParamsOf } from '@isola/api';
import { identified, unknownId } from '../../access/access.ts';
import { createJoinToken } from '../../fleet/join-token.ts';
import { serverUrl } from '../../fleet/server-url.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { ClusterRow } from '../../store/schema.ts';
import { checkedTags } from '../host/tags.ts';

export const hostTokenCommands = {
  createHostToken: {
    kind: 'sync',
    async run(call, params) {
      const url = await serverUrl(call.tx);
      const cluster = await clusterOf(call, params);
      const tags = checkedTags(params.hosttags ?? []);
      const { token, id, expires } = await createJoinToken(call.tx, {
        zoneId: cluster.zone_id,
        podId: cluster.pod_id,
        clusterId: cluster.id,
        tags,
      });
      return {
        id,
        token,
        serverurl: url,
        zoneid: cluster.zone_id,
        podid: cluster.pod_id,
        clusterid: cluster.id,
        clustername: cluster.name,
        hypervisor: cluster.hypervisor,
        ...(tags.length === 0 ? {} : { hosttags: tags.join(',') }),
        expires,
      };
    },
  },
} satisfies Partial<Handlers>;

type Params = ParamsOf<'createHostToken'>;

async function clusterOf(call: Call, params: Params): Promise<ClusterRow> {
  if (params.clusterid !== undefined) {
    const cluster = await call.tx
      .selectFrom('clusters')
      .selectAll()
      .where(identified(params.clusterid))
      .executeTakeFirst();
    if (cluster === undefined)
      throw unknownId(call, { parameter: 'clusterid', id: params.clusterid });
    return cluster;
  }
  const pod = await podOf(call, params);
  const hypervisor = (params.hypervisor ?? 'KVM').toUpperCase();
  const found = await call.tx
    .selectFrom('clusters')
    .selectAll()
    .where('pod_id', '=', pod.id)
    .where('hypervisor', '=', hypervisor)
    .orderBy('seq')
    .executeTakeFirst();
  return (
    found ??
    (await call.tx
      .insertInto('clusters')
      .values({
        zone_id: pod.zone_id,
        pod_id: pod.id,
        name: `cluster-${hypervisor.toLowerCase()}`,
        hypervisor,
      })
      .returningAll()
      .executeTakeFirstOrThrow())
  );
}

/** The pod that is named, or the first one; locked, so that two calls at once make one cluster. */
async function podOf(call: Call, { zoneid, podid }: Params) {
  let query = call.tx
    .selectFrom('pods')
    .innerJoin('zones', 'zones.id', 'pods.zone_id')
    .select(['pods.id', 'pods.zone_id'])
    .orderBy('zones.seq')
    .orderBy('pods.seq');
  if (zoneid !== undefined) query = query.where(identified(zoneid, 'zones'));
  if (podid !== undefined) query = query.where(identified(podid, 'pods'));
  const pod = await query.forUpdate('pods').executeTakeFirst();
  if (pod !== undefined) return pod;
  throw podid === undefined
    ? unknownId(call, { parameter: 'zoneid', id: zoneid ?? '' })
    : unknownId(call, { parameter: 'podid', id: podid });
}
