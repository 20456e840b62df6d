import type { HostFacts } from '@isola/agent-protocol';
import { insertCluster } from '../../features/cluster/repository.ts';
import { insertPod } from '../../features/pod/insert.ts';
import { insertZone } from '../../features/zone/insert.ts';
import type { Tx } from '../database.ts';
import type { NewRow, PodRow, ZoneRow } from '../schema.ts';
import { type GuestNetworkSettings, seedPhysicalNetwork } from './physical-network.ts';

export interface ZoneSettings {
  readonly name: string;
  readonly dns: readonly string[];
  readonly internalDns: readonly string[];
  readonly guestCidr: string;
  readonly networkDomain: string;
}

export interface SeededZone {
  readonly zoneId: string;
  readonly physicalNetworkId: string;
  /** Of this machine, when it is a host. */
  readonly hostId: string | null;
}

interface Wanted {
  readonly zone: ZoneSettings;
  readonly guest: GuestNetworkSettings;
  readonly facts: HostFacts;
  /** Whether this machine is the host that `facts` are of; if not, they tell only what runs on hosts. */
  readonly local: boolean;
}

/** The installation's zone with its pod, cluster, host and physical network: made at the first start, updated at later ones. */
export async function seedZone(tx: Tx, { zone, guest, facts, local }: Wanted): Promise<SeededZone> {
  const { id: zoneId, name } = await upsertZone(tx, zone);
  const pod = await upsertPod(tx, { id: zoneId, name }, facts);
  const clusterId = await upsertCluster(tx, pod, facts.hypervisor);
  const host: NewRow<'hosts'> = {
    zone_id: zoneId,
    pod_id: pod.id,
    cluster_id: clusterId,
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
    last_seen: new Date(),
  };
  const hostId = local ? await upsertHost(tx, host) : null;
  const physicalNetworkId = await seedPhysicalNetwork(tx, zoneId, guest);
  return { zoneId, physicalNetworkId, hostId };
}

async function upsertZone(tx: Tx, zone: ZoneSettings): Promise<Pick<ZoneRow, 'id' | 'name'>> {
  const values = {
    name: zone.name,
    dns: [...zone.dns],
    internal_dns: [...zone.internalDns],
    guest_cidr: zone.guestCidr,
    network_domain: zone.networkDomain,
  };
  const found = await tx.selectFrom('zones').select('id').orderBy('seq').executeTakeFirst();
  if (found !== undefined) {
    await tx.updateTable('zones').set(values).where('id', '=', found.id).execute();
    return { id: found.id, name: zone.name };
  }
  return insertZone(tx, values);
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

/** The machine may have been renamed or changed since the last start: its row stays. */
async function upsertHost(tx: Tx, host: NewRow<'hosts'>): Promise<string> {
  const found = await tx
    .selectFrom('hosts')
    .select('id')
    .where('is_local', '=', true)
    .orderBy('seq')
    .executeTakeFirst();
  if (found !== undefined) {
    await tx.updateTable('hosts').set(host).where('id', '=', found.id).execute();
    return found.id;
  }
  const made = await tx.insertInto('hosts').values(host).returning('id').executeTakeFirstOrThrow();
  return made.id;
}
