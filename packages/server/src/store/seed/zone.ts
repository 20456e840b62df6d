import type { HostFacts } from '@isola/agent-protocol';
import { insertCluster } from '../../features/cluster/repository.ts';
import { insertPod } from '../../features/pod/insert.ts';
import { insertZone, refuseTakenZoneName } from '../../features/zone/insert.ts';
import type { Tx } from '../database.ts';
import type { PodRow, ZoneRow } from '../schema.ts';
import { keepSeed, seedId } from './kept.ts';
import {
  type GuestNetworkSettings,
  makePhysicalNetwork,
  updatePhysicalNetwork,
} from './physical-network.ts';
import { makePublicRange, type PublicRangeSettings, updatePublicRange } from './public-range.ts';

export interface ZoneSettings {
  readonly name: string;
  readonly dns: readonly string[];
  readonly internalDns: readonly string[];
  readonly guestCidr: string;
  readonly networkDomain: string;
}

export interface SeededZone {
  readonly zoneId: string;
  /** Of this machine, when it is a host. */
  readonly hostId: string | null;
}

interface Wanted {
  readonly zone: ZoneSettings;
  readonly guest: GuestNetworkSettings;
  readonly range: PublicRangeSettings;
  readonly facts: HostFacts;
  /** Whether this machine is the host that `facts` are of; if not, they tell only what runs on hosts. */
  readonly local: boolean;
}

/**
 * The installation's zone with its pod, cluster, host, physical network and public range: made at the first start, updated at later
 * ones. What the API deleted since stays deleted, and what it made is left alone; `null` when the zone itself is gone.
 */
export async function seedZone(tx: Tx, wanted: Wanted): Promise<SeededZone | null> {
  const { zone, facts, local } = wanted;
  const values = {
    name: zone.name,
    dns: [...zone.dns],
    internal_dns: [...zone.internalDns],
    guest_cidr: zone.guestCidr,
    network_domain: zone.networkDomain,
  };
  const kept = await seedId(tx, 'zone');
  if (kept === null) return makeZone(tx, wanted, values);
  await refuseTakenZoneName(tx, zone.name, kept);
  const changed = await tx
    .updateTable('zones')
    .set(values)
    .where('id', '=', kept)
    .returning('id')
    .executeTakeFirst();
  if (changed === undefined) return null;
  const hostId = local ? await upsertHost(tx, { id: kept, name: zone.name }, facts) : null;
  await updatePhysicalNetwork(tx, wanted.guest);
  await updatePublicRange(tx, wanted.range);
  return { zoneId: kept, hostId };
}

async function makeZone(
  tx: Tx,
  { guest, range, facts, local }: Wanted,
  values: Parameters<typeof insertZone>[1],
): Promise<SeededZone> {
  const zone = await insertZone(tx, values);
  await keepSeed(tx, 'zone', zone.id);
  const hostId = local ? await upsertHost(tx, zone, facts) : null;
  if (!local) await upsertCluster(tx, await upsertPod(tx, zone, facts), facts.hypervisor);
  const physicalNetworkId = await makePhysicalNetwork(tx, zone.id, guest);
  await makePublicRange(tx, { zoneId: zone.id, physicalNetworkId, range });
  return { zoneId: zone.id, hostId };
}

/** A pod's addresses are those of its system VMs: here the control network of the host. */
async function upsertPod(
  tx: Tx,
  zone: Pick<ZoneRow, 'id' | 'name'>,
  facts: HostFacts,
): Promise<PodRow> {
  const found = await tx
    .selectFrom('pods')
    .selectAll()
    .where('zone_id', '=', zone.id)
    .orderBy('seq')
    .executeTakeFirst();
  if (found !== undefined) return found;
  return insertPod(tx, {
    zone,
    name: 'pod1',
    block: {
      gateway: facts.controlGateway,
      prefix: 16,
      first: '169.254.0.2',
      last: '169.254.255.254',
    },
    state: 'Enabled',
  });
}

async function upsertCluster(
  tx: Tx,
  pod: PodRow,
  hypervisor: HostFacts['hypervisor'],
): Promise<string> {
  const found = await tx
    .selectFrom('clusters')
    .select('id')
    .where('pod_id', '=', pod.id)
    .where('hypervisor', '=', hypervisor)
    .executeTakeFirst();
  if (found !== undefined) return found.id;
  return (await insertCluster(tx, { pod, name: 'cluster1', hypervisor })).id;
}

/** The machine may have been renamed or changed since the last start: its row stays, and where it is. */
async function upsertHost(
  tx: Tx,
  zone: Pick<ZoneRow, 'id' | 'name'>,
  facts: HostFacts,
): Promise<string> {
  const values = {
    name: facts.name,
    hypervisor: facts.hypervisor,
    address: facts.controlGateway,
    state: 'Up',
    is_local: true,
    cpu_cores: facts.cpuCores,
    cpu_mhz: facts.cpuMHz,
    memory_bytes: facts.memoryBytes,
    kernel: facts.kernel,
    underlay_address: facts.underlay?.address ?? null,
    underlay_mtu: facts.underlay?.mtu ?? null,
    guest_mtu: facts.guestMtu,
    reaches_public: facts.reachesPublic,
    last_seen: new Date(),
  } as const;
  const found = await tx
    .updateTable('hosts')
    .set(values)
    .where('is_local', '=', true)
    .returning('id')
    .executeTakeFirst();
  if (found !== undefined) return found.id;
  const pod = await upsertPod(tx, zone, facts);
  const made = await tx
    .insertInto('hosts')
    .values({
      ...values,
      zone_id: zone.id,
      pod_id: pod.id,
      cluster_id: await upsertCluster(tx, pod, facts.hypervisor),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return made.id;
}
