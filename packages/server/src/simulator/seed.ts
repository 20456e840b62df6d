import { IsolaError } from '@isola/model';
import { createJoinToken } from '../fleet/join-token.ts';
import type { Patience } from '../reconciler/failure.ts';
import type { Db } from '../store/database.ts';
import { mockNames } from './commands.ts';
import type { SimulatedWorld, Simulator } from './simulator.ts';

/** What a server simulates from the beginning. */
export interface SimulatorSettings {
  readonly world: SimulatedWorld;
  /** Hosts that the zone has at least. */
  readonly hosts: number;
  /** Of all hosts, in the notation of `configureSimulator`. */
  readonly mocks: readonly { readonly name: string; readonly value: string }[];
  /** How long jobs wait for failures to pass; simulated ones are waited for less than real ones. */
  readonly patience: Patience;
}

interface Wanted extends Pick<SimulatorSettings, 'hosts' | 'mocks'> {
  /** `null`: there is no zone, and so no host. */
  readonly zoneId: string | null;
}

/** Gives the zone the hosts that it lacks, and sets the mocks of the configuration. Throws `refused_value` for one that is none. */
export async function seedSimulation(
  db: Db,
  simulator: Simulator,
  { hosts, mocks, zoneId }: Wanted,
): Promise<void> {
  if (zoneId !== null) await addHosts(db, simulator, { zoneId, hosts });
  for (const { name, value } of mocks) {
    if (!mockNames.has(name))
      throw new IsolaError('refused_value', { reason: `No command ${name} is simulated` });
    simulator.mocks.add({ name, value, scope: {}, count: null });
  }
}

async function addHosts(
  db: Db,
  simulator: Simulator,
  { zoneId, hosts }: { readonly zoneId: string; readonly hosts: number },
): Promise<void> {
  const cluster = await db
    .selectFrom('clusters')
    .select(['id', 'pod_id'])
    .where('zone_id', '=', zoneId)
    .where('hypervisor', '=', 'Simulator')
    .orderBy('seq')
    .executeTakeFirst();
  if (cluster === undefined) return;
  const rows = await db
    .selectFrom('hosts')
    .select(['name', 'state'])
    .where('zone_id', '=', zoneId)
    .execute();
  const names = new Set(rows.map(row => row.name));
  let missing = hosts - rows.filter(row => row.state !== 'Removed').length;
  for (let n = 1; missing > 0; n += 1) {
    const name = `simulated${n}`;
    if (names.has(name)) continue;
    const place = { zoneId, podId: cluster.pod_id, clusterId: cluster.id, tags: [] };
    const { id } = await createJoinToken(db, place);
    await simulator.join(name, id);
    missing -= 1;
  }
}
