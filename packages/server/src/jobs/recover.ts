import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { hostGeneration } from '../features/host/generation.ts';
import { undoAddition } from '../fleet/host-work.ts';
import type { Db } from '../store/database.ts';
import type { Jobs } from './complete.ts';

/**
 * Settles jobs that a dead server left pending though what they wait for is applied, or is gone; what it did itself, beside the
 * convergers (putting an agent on a machine, waiting for one), is given up. The rest stay for the convergers.
 */
export async function recoverJobs(db: Db, jobs: Jobs): Promise<void> {
  const { rows } = await sql<{ waits_id: string; applied: number | null; last: number }>`
    select waits_id, coalesce(networks.applied_generation, instances.applied_generation) as applied,
      max(waits_generation) as last
    from jobs
    left join networks on waits_kind = 'network' and networks.id = waits_id
    left join instances on waits_kind = 'instance' and instances.id = waits_id
    where status = 0 and waits_kind in ('network', 'instance')
    group by 1, 2`.execute(db);
  for (const { waits_id: id, applied, last } of rows) {
    if (applied !== null) await jobs.complete(db, id, applied);
    else await jobs.fail(db, id, { generation: last, error: new IsolaError('job_interrupted') });
  }
  const hosts = await sql<{ waits_id: string; done: boolean }>`
    select distinct waits_id, command = 'prepareHostForMaintenance' and resource_state = 'Maintenance' as done
    from jobs left join hosts on hosts.id = waits_id
    where status = 0 and waits_kind = 'host'
      and (command <> 'prepareHostForMaintenance' or resource_state is distinct from 'PrepareForMaintenance')`.execute(
    db,
  );
  for (const { waits_id: id, done } of hosts.rows) {
    if (done) await jobs.complete(db, id, hostGeneration);
    else {
      await undoAddition(db, id);
      await jobs.fail(db, id, {
        generation: hostGeneration,
        error: new IsolaError('job_interrupted'),
      });
    }
  }
}
