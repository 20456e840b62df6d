import type { HypervisorKind } from '@isola/agent-protocol';
import { sql } from 'kysely';
import { memoryForGuests } from '../../reconciler/placement/place.ts';
import type { Db } from '../../store/database.ts';
import { allocatedOn } from '../host/capacity.ts';
import { groupBy } from './group.ts';

/** How much of something there is, how much of it is given out, and how much in use. */
export interface Capacity {
  /** CloudStack's number of the kind. */
  readonly type: number;
  readonly name: string;
  readonly total: number;
  readonly allocated: number;
  readonly used: number;
}

/** CloudStack's kinds of capacity that Isola has, with their numbers. */
export const kinds = {
  MEMORY: 0,
  CPU: 1,
  VIRTUAL_NETWORK_PUBLIC_IP: 4,
  SECONDARY_STORAGE: 6,
  VLAN: 7,
  CPU_CORE: 90,
} as const;

interface HostSize {
  readonly id: string;
  readonly place: string;
  readonly cluster_id: string;
  readonly hypervisor: HypervisorKind;
  readonly memory_bytes: number;
  readonly megahertz: number;
  readonly cores: number;
}

/** Memory, CPU and cores of the hosts that take instances, summed up by zone, pod or cluster (by their ids). */
export async function hostCapacities(
  db: Db,
  by: 'zone_id' | 'pod_id' | 'cluster_id',
): Promise<ReadonlyMap<string, Capacity[]>> {
  const { rows } = await sql<HostSize>`
    select id, cluster_id, ${sql.ref(by)} as place, hypervisor, memory_bytes, cpu_cores::bigint * cpu_mhz as megahertz, cpu_cores as cores
    from hosts where state <> 'Removed' and resource_state = 'Enabled' order by seq`.execute(db);
  const allocated = await allocatedOn(
    db,
    rows.map(row => row.id),
  );
  const memory = await memoryForGuests(db, rows);
  const byPlace = groupBy(rows, row => row.place);
  return new Map(
    [...byPlace].map(([place, hosts]) => {
      const sum = (read: (host: HostSize) => number): number =>
        hosts.reduce((all, host) => all + read(host), 0);
      const capacity = (kind: 'MEMORY' | 'CPU' | 'CPU_CORE', total: number, used: number) => ({
        type: kinds[kind],
        name: kind,
        total,
        allocated: used,
        used,
      });
      return [
        place,
        [
          capacity(
            'MEMORY',
            sum(memory),
            sum(host => allocated(host.id).bytes),
          ),
          capacity(
            'CPU',
            sum(host => host.megahertz),
            sum(host => allocated(host.id).megahertz),
          ),
          capacity(
            'CPU_CORE',
            sum(host => host.cores),
            sum(host => allocated(host.id).cores),
          ),
        ],
      ];
    }),
  );
}
