import { randomBytes } from 'node:crypto';
import { type Diagnostic, IsolaError } from '@isola/model';
import type { Logger } from 'pino';
import { hostGeneration } from '../features/host/generation.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Jobs } from '../jobs/complete.ts';
import type { Db } from '../store/database.ts';

/** Something that a router is asked for while a job waits for `id`, a random UUID. */
export interface RouterErrand {
  readonly id: string;
  readonly routerId: string;
  readonly wanted:
    | { readonly kind: 'diagnose'; readonly diagnostic: Diagnostic }
    | { readonly kind: 'collect'; readonly files: readonly string[] };
}

/** What routers are asked for by this server; what comes of it is kept in `diagnostics` for a day. */
export interface RouterWork {
  begin(errand: RouterErrand): void;
  /** Gives up what is being done; its jobs fail. */
  close(): Promise<void>;
}

interface RouterWorkOptions {
  readonly db: Db;
  readonly fleet: Fleet;
  readonly jobs: Jobs;
  readonly log: Logger;
}

/** Milliseconds that results and archives are kept. */
export const diagnosticsLifetime = 24 * 3_600_000;
const tokenBytes = 32;

export function createRouterWork({ db, fleet, jobs, log }: RouterWorkOptions): RouterWork {
  const running = new Set<Promise<void>>();
  const interruptions = new Set<(error: Error) => void>();

  async function perform({ id, routerId, wanted }: RouterErrand): Promise<void> {
    const { host_id: hostId } = await db
      .selectFrom('routers')
      .select('host_id')
      .where('id', '=', routerId)
      .executeTakeFirstOrThrow();
    const agent = fleet.of(hostId);
    const found =
      wanted.kind === 'diagnose'
        ? { outcome: JSON.stringify(await agent.diagnose(routerId, wanted.diagnostic)) }
        : {
            archive: Buffer.from(await agent.collectFiles(routerId, wanted.files), 'base64'),
            token: randomBytes(tokenBytes).toString('base64url'),
          };
    await db
      .deleteFrom('diagnostics')
      .where('created', '<', new Date(Date.now() - diagnosticsLifetime))
      .execute();
    await db
      .insertInto('diagnostics')
      .values({ id, router_id: routerId, ...found })
      .execute();
  }

  function interruptible(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      interruptions.add(reject);
      work.then(resolve, reject).finally(() => interruptions.delete(reject));
    });
  }

  return {
    begin(errand) {
      const { id } = errand;
      const done = interruptible(perform(errand))
        .then(
          () => jobs.complete(db, id, hostGeneration),
          async (error: unknown) => {
            log.warn({ err: error, routerId: errand.routerId }, 'a router could not be asked');
            await jobs.fail(db, id, { generation: hostGeneration, error: asFailure(error) });
          },
        )
        .catch((error: unknown) => log.error({ err: error, id }, 'a job could not be ended'))
        .finally(() => running.delete(done));
      running.add(done);
    },
    async close() {
      for (const interrupt of interruptions) interrupt(new IsolaError('job_interrupted'));
      await Promise.all(running);
    },
  };
}

function asFailure(error: unknown): IsolaError {
  if (error instanceof IsolaError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new IsolaError('resource_unavailable', { reason }, error);
}
