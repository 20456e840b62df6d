import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { InstanceRow, TemplateRow, ZoneRow } from '../../store/schema.ts';
import { requireRoot } from '../account/guard.ts';

interface AskedPlace {
  readonly hostid?: string;
  readonly clusterid?: string;
  readonly podid?: string;
}

interface Fitting {
  readonly zone: Pick<ZoneRow, 'id'>;
  readonly template: Pick<TemplateRow, 'hypervisor'>;
}

type RequestedPlace = Partial<
  Pick<InstanceRow, 'requested_host_id' | 'requested_cluster_id' | 'requested_pod_id'>
>;

/**
 * Where an administrator wants an instance to start, as columns of its row: nowhere in particular when nothing is asked. 531
 * for others, 431 for a place that is not in the zone, or a host or cluster of another hypervisor.
 */
export async function requestedPlace(
  call: Call,
  asked: AskedPlace,
  { zone, template }: Fitting,
): Promise<RequestedPlace> {
  const { hostid, clusterid, podid } = asked;
  if (hostid === undefined && clusterid === undefined && podid === undefined) return {};
  requireRoot(call, 'the host, cluster and pod of an instance');
  const host = await placed(call, 'hosts', { parameter: 'hostid', id: hostid });
  const cluster = await placed(call, 'clusters', { parameter: 'clusterid', id: clusterid });
  const pod = await placed(call, 'pods', { parameter: 'podid', id: podid });
  for (const [place, parameter, id] of [
    [host, 'hostid', hostid],
    [cluster, 'clusterid', clusterid],
    [pod, 'podid', podid],
  ] as const)
    if (place !== null && place.zone_id !== zone.id)
      throw unknownId(call, { parameter, id: id ?? '' });
  for (const place of [host, cluster])
    if (place !== null && place.hypervisor !== template.hypervisor)
      throw refused(
        `${place.name} has hypervisor ${place.hypervisor}, and the template is for ${template.hypervisor}`,
      );
  if (host !== null && cluster !== null && host.cluster_id !== cluster.id)
    throw refused(`Host ${host.name} is not in cluster ${cluster.name}`);
  for (const place of [host, cluster])
    if (place !== null && pod !== null && place.pod_id !== pod.id)
      throw refused(`${place.name} is not in pod ${pod.name}`);
  return {
    requested_host_id: host?.id ?? null,
    requested_cluster_id: cluster?.id ?? null,
    requested_pod_id: pod?.id ?? null,
  };
}

interface Place {
  readonly id: string;
  readonly name: string;
  readonly zone_id: string;
  readonly pod_id: string;
  readonly cluster_id: string;
  readonly hypervisor: string;
}

interface NamedPlace {
  readonly parameter: string;
  readonly id: string | undefined;
}

const columns = {
  hosts: sql<Place>`select id, name, zone_id, pod_id, cluster_id, hypervisor from hosts`,
  clusters: sql<Place>`select id, name, zone_id, pod_id, id as cluster_id, hypervisor from clusters`,
  pods: sql<Place>`select id, name, zone_id, id as pod_id, '' as cluster_id, '' as hypervisor from pods`,
};

async function placed(
  call: Call,
  table: keyof typeof columns,
  { parameter, id }: NamedPlace,
): Promise<Place | null> {
  if (id === undefined) return null;
  const { rows } = await sql<Place>`${columns[table]} where ${identified(id)}`.execute(call.tx);
  const place = rows[0];
  if (place === undefined) throw unknownId(call, { parameter, id });
  return place;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
