import type { HypervisorKind } from '@isola/agent-protocol';
import type { ParamsOf, ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { InstallOrder, InstallTarget } from '../../fleet/installer.ts';
import { createJoinToken, type HostPlace } from '../../fleet/join-token.ts';
import { serverUrl } from '../../fleet/server-url.ts';
import type { Call, Intent } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { ClusterRow, JobRow } from '../../store/schema.ts';
import { hypervisorOf, insertCluster } from '../cluster/repository.ts';
import { refused } from './repository.ts';
import { showHost } from './show.ts';
import { checkedTags } from './tags.ts';
import { hostWaits } from './waits.ts';

type Params = ParamsOf<'addHost'>;

/**
 * Makes a token with which the machine joins, and has an agent put there once that is written. 431 when this server cannot, or
 * for a place that is not there.
 */
export async function addHost(call: Call, params: Params): Promise<Intent> {
  const hypervisor = hypervisorOf(params.hypervisor);
  return hypervisor === 'Simulator'
    ? addSimulatedHost(call, params)
    : addMachine(call, params, hypervisor);
}

/** A host in the memory of this server; any URL will do, and names it. */
async function addSimulatedHost(call: Call, params: Params): Promise<Intent> {
  if (!call.hosts.simulates)
    throw refused('This server simulates nothing: start it with --simulator');
  const name = simulatedName(params.url);
  const { id: tokenId } = await createJoinToken(
    call.tx,
    placeOf(params, await clusterOf(call, params, 'Simulator')),
  );
  call.hosts.simulate({ name, tokenId });
  return { object: null, waits: hostWaits(tokenId) };
}

async function addMachine(
  call: Call,
  params: Params,
  hypervisor: InstallOrder['hypervisor'],
): Promise<Intent> {
  const url = await serverUrl(call.tx);
  if (!call.hosts.installs)
    throw refused('This server installs no agents: install the agent on the machine itself');
  const target = targetOf(params);
  const cluster = await clusterOf(call, params, hypervisor);
  const { id: tokenId, token } = await createJoinToken(call.tx, placeOf(params, cluster));
  const order = {
    serverUrl: url,
    token,
    hypervisor,
    // Segments are told the label of their physical network.
    guestInterface: null,
    publicInterface: await publicLabel(call, cluster.zone_id),
  };
  call.hosts.add({ target, order, tokenId });
  return { object: null, waits: hostWaits(tokenId) };
}

/** Interface of the public network on the zone's hosts, as its traffic type says. */
async function publicLabel({ tx }: Call, zoneId: string): Promise<string | null> {
  const found = await tx
    .selectFrom('traffic_types')
    .innerJoin('physical_networks', 'physical_networks.id', 'traffic_types.physical_network_id')
    .select('label')
    .where('zone_id', '=', zoneId)
    .where('traffic_type', '=', 'Public')
    .executeTakeFirst();
  return found?.label ?? null;
}

function placeOf(params: Params, cluster: ClusterRow): HostPlace {
  return {
    zoneId: cluster.zone_id,
    podId: cluster.pod_id,
    clusterId: cluster.id,
    tags: checkedTags(params.hosttags ?? []),
    enabled: params.allocationstate?.toLowerCase() !== 'disabled',
  };
}

/** The answer of its job: the host that joined with the token. */
export async function addedHost(db: Db, job: JobRow): Promise<ResultOf<'addHost'>> {
  const token = await db
    .selectFrom('join_tokens')
    .select('host_id')
    .where('id', '=', job.waits_id)
    .executeTakeFirst();
  const hostId = token?.host_id ?? null;
  if (hostId === null)
    throw new IsolaError('resource_unavailable', { reason: 'the machine did not join' });
  return { count: 1, items: [await showHost(db, hostId)] };
}

const longestHostName = 253;
const usualSshPort = 22;

/** `http://NAME-OR-ADDRESS[:PORT]`, where the port is that of ssh. */
function targetOf(params: Params): InstallTarget {
  const match =
    /^(?:https?:\/\/)?([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(\d{1,5}))?\/?$/.exec(
      params.url,
    );
  const [, address = '', port] = match ?? [];
  const number = port === undefined ? usualSshPort : Number(port);
  if (address === '' || address.length > longestHostName || number < 1 || number > 65_535)
    throw refused(
      `url ${params.url} is not http://NAME-OR-ADDRESS, with :PORT for another than 22`,
    );
  return {
    address,
    port: number,
    username: checkedUser(params.username ?? 'root'),
    password: params.password ?? null,
  };
}

/** CloudStack's `http://sim/c0/h0` is the host `sim-c0-h0`. */
function simulatedName(url: string): string {
  const name = url.replace(/^https?:\/\//i, '').replaceAll(/[^A-Za-z0-9.-]+/g, '-');
  const trimmed = name.replaceAll(/^[-.]+|[-.]+$/g, '');
  if (trimmed === '' || trimmed.length > longestHostName)
    throw refused(`url ${url.slice(0, 100)} gives no name for the host: use http://sim/c0/h0`);
  return trimmed;
}

function checkedUser(name: string): string {
  if (/^[a-z_][a-z0-9_.-]{0,31}$/i.test(name)) return name;
  throw refused('username is not the name of a user of a Linux system');
}

/** The cluster that is named, made when its name is new; without either the pod's first one of the hypervisor. */
async function clusterOf(
  call: Call,
  params: Params,
  hypervisor: HypervisorKind,
): Promise<ClusterRow> {
  const pod = await call.tx
    .selectFrom('pods')
    .selectAll()
    .where(identified(params.podid))
    .executeTakeFirst();
  const zone = await call.tx
    .selectFrom('zones')
    .select('id')
    .where(identified(params.zoneid))
    .executeTakeFirst();
  if (zone === undefined) throw unknownId(call, { parameter: 'zoneid', id: params.zoneid });
  if (pod === undefined || pod.zone_id !== zone.id)
    throw unknownId(call, { parameter: 'podid', id: params.podid });
  if (params.clusterid !== undefined && params.clustername !== undefined)
    throw refused('clusterid and clustername cannot be given together');
  let query = call.tx.selectFrom('clusters').selectAll().where('pod_id', '=', pod.id);
  if (params.clusterid !== undefined) query = query.where(identified(params.clusterid));
  else if (params.clustername !== undefined) query = query.where('name', '=', params.clustername);
  else query = query.where('hypervisor', '=', hypervisor);
  const cluster = await query.orderBy('seq').executeTakeFirst();
  if (cluster === undefined) {
    if (params.clusterid !== undefined)
      throw unknownId(call, { parameter: 'clusterid', id: params.clusterid });
    if (params.clustername === undefined)
      throw refused(`Pod ${pod.name} has no ${hypervisor} cluster: give clustername for a new one`);
    return insertCluster(call.tx, { pod, name: params.clustername, hypervisor });
  }
  if (cluster.hypervisor !== hypervisor)
    throw refused(`Cluster ${cluster.name} is of ${cluster.hypervisor} hosts, not ${hypervisor}`);
  return cluster;
}
