import type { Limits, NicSpec, RouterSpec, SegmentRef } from '@isola/agent-protocol';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, RouterRow, ServiceOfferingRow } from '../../store/schema.ts';
import { readSegment } from './segment.ts';

const controlMtu = 1500;

/** What the host makes of a router's row: eth0 control, eth1 guest, eth2 public. */
export function routerSpec(
  router: RouterRow,
  { network, segment, limits, rate }: RouterSurroundings,
): RouterSpec {
  const nics: NicSpec[] = [
    {
      ...port('eth0', router.control_mac),
      network: { kind: 'control' },
      mtu: controlMtu,
      rate: null,
    },
    {
      ...port('eth1', router.guest_mac),
      network: { kind: 'guest', segment },
      mtu: network.private_mtu,
      rate,
    },
  ];
  if (router.public_mac !== null)
    nics.push({
      ...port('eth2', router.public_mac),
      network: { kind: 'public' },
      mtu: network.public_mtu,
      rate,
    });
  return {
    id: router.id,
    name: router.name,
    controlAddress: router.control_address,
    template: { name: 'router', checksum: router.image },
    nics,
    limits,
  };
}

export interface RouterSurroundings {
  readonly network: Pick<NetworkRow, 'private_mtu' | 'public_mtu'>;
  readonly segment: SegmentRef;
  readonly limits: Limits;
  /** Bits per second of the guest and public NIC. */
  readonly rate: number | null;
}

/** Routers forward for others: their ports are not pinned. */
function port(device: string, mac: string) {
  return { device, mac, pinnedAddresses: null };
}

/** Segment, size and rate of a network's router: its own service offering, else its network offering's, else the system's. */
export async function readSurroundings(
  db: Db,
  network: NetworkRow,
  router: Pick<RouterRow, 'host_id' | 'service_offering_id'>,
): Promise<RouterSurroundings> {
  const offering = await db
    .selectFrom('network_offerings')
    .select(['service_offering_id', 'network_rate'])
    .where('id', '=', network.offering_id)
    .executeTakeFirstOrThrow();
  const size = await routerOffering(db, router.service_offering_id ?? offering.service_offering_id);
  return {
    network,
    segment: await readSegment(db, network),
    limits: await limitsOf(db, size, router.host_id),
    rate: offering.network_rate === null ? null : offering.network_rate * 1_000_000,
  };
}

/** The service offering that routers of a network offering have. */
export async function routerOffering(db: Db, id: string | null): Promise<ServiceOfferingRow> {
  const query = db.selectFrom('service_offerings').selectAll();
  const chosen =
    id === null
      ? query.where('is_system', '=', true).where('is_default', '=', true)
      : query.where('id', '=', id);
  return chosen.orderBy('seq').limit(1).executeTakeFirstOrThrow();
}

type Size = Pick<ServiceOfferingRow, 'memory_mib' | 'cpu_number' | 'cpu_speed' | 'limit_cpu_use'>;

/** A service offering's size as limits on a host: its cores, and of each only its MHz where it is held to them. */
export async function limitsOf(db: Db, size: Size, hostId: string): Promise<Limits> {
  const host = await db
    .selectFrom('hosts')
    .select('cpu_mhz')
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  const share = size.limit_cpu_use ? Math.min(1, size.cpu_speed / host.cpu_mhz) : 1;
  const cpuPercent = Math.max(1, Math.round(size.cpu_number * share * 100));
  return { memoryMiB: size.memory_mib, cpuPercent };
}
