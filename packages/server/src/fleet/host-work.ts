import { setTimeout as sleep } from 'node:timers/promises';
import { IsolaError } from '@isola/model';
import type { Logger } from 'pino';
import { hostGeneration } from '../features/host/generation.ts';
import type { Jobs } from '../jobs/complete.ts';
import type { Simulator } from '../simulator/simulator.ts';
import type { Db } from '../store/database.ts';
import type { HostState } from '../store/schema.ts';
import type { Fleet } from './fleet.ts';
import type { HostInstaller, InstallOrder, InstallTarget } from './installer.ts';
import { revokeCertificates } from './revoke.ts';

/** An agent that is to be put on a machine. */
export interface Addition {
  readonly target: InstallTarget;
  readonly order: InstallOrder;
  /** Row of the join token; the job waits for it. */
  readonly tokenId: string;
}

/** A host that is to be simulated. */
export interface SimulatedAddition {
  readonly name: string;
  /** Row of the join token; the job waits for it. */
  readonly tokenId: string;
}

/** What is done about hosts outside of the database, by this server, while a job waits for it. */
export interface HostWork {
  /** Whether it can put agents on machines. */
  readonly installs: boolean;
  /** Installs an agent and waits until its host is up. When that fails nothing of it stays. */
  add(addition: Addition): void;
  /** Whether it can simulate hosts. */
  readonly simulates: boolean;
  /** Has a host simulated, and waits until it is up. */
  simulate(addition: SimulatedAddition): void;
  /** The host was removed. A real one's certificates are revoked; a simulated one is forgotten. */
  removed(hostId: string): void;
  /** Cuts a host's agent off, which dials in again, and waits until the host is up. */
  reconnect(hostId: string): void;
  /** Gives up what is being done; its jobs fail. */
  close(): Promise<void>;
}

interface HostWorkOptions {
  readonly db: Db;
  readonly fleet: Fleet;
  readonly jobs: Jobs;
  readonly log: Logger;
  /** `null`: this server installs no agents. */
  readonly installer: HostInstaller | null;
  /** `null`: this server simulates no hosts. */
  readonly simulator: Pick<Simulator, 'join' | 'forget'> | null;
  readonly patience?: Patience;
}

interface Patience {
  /** Milliseconds that a host may take to be up once its agent is installed, or told to come back. */
  readonly up: number;
  /** Milliseconds between two looks. */
  readonly look: number;
}

const defaultPatience: Patience = { up: 120_000, look: 200 };

export function createHostWork(options: HostWorkOptions): HostWork {
  const { db, fleet, jobs, log, installer, simulator } = options;
  const patience = options.patience ?? defaultPatience;
  const running = new Set<Promise<void>>();
  const returned = new Set<string>();
  const closing = new AbortController();
  /** Throws once the server closes: what waits for other machines is given up. */
  const interrupted = new Promise<never>((_, reject) => {
    closing.signal.addEventListener('abort', () => reject(new IsolaError('job_interrupted')));
  });
  interrupted.catch(() => undefined);
  fleet.onConnection(({ hostId, connected }) => {
    if (connected) returned.add(hostId);
  });

  async function untilUp(what: string, state: () => Promise<HostState | null>): Promise<void> {
    const deadline = Date.now() + patience.up;
    while ((await state()) !== 'Up') {
      if (Date.now() > deadline)
        throw new IsolaError('resource_unavailable', {
          reason: `${what} within ${patience.up / 1000} s`,
        });
      await Promise.race([sleep(patience.look), interrupted]);
    }
  }

  async function add({ target, order, tokenId }: Addition): Promise<void> {
    const { address } = target;
    if (installer === null) throw new Error('there is nothing to install agents with');
    const installed = installer.install(target, order, line => log.info({ host: address }, line));
    await Promise.race([installed, interrupted]);
    await untilJoined(`the agent on ${address} was installed and its host was not up`, tokenId);
  }

  async function simulate({ name, tokenId }: SimulatedAddition): Promise<void> {
    if (simulator === null) throw new Error('nothing is simulated here');
    await simulator.join(name, tokenId);
    await untilJoined(`the simulated host ${name} was not up`, tokenId);
  }

  async function untilJoined(what: string, tokenId: string): Promise<void> {
    await untilUp(what, async () => {
      const row = await db
        .selectFrom('join_tokens')
        .leftJoin('hosts', 'hosts.id', 'join_tokens.host_id')
        .select('hosts.state')
        .where('join_tokens.id', '=', tokenId)
        .executeTakeFirst();
      return row?.state ?? null;
    });
  }

  async function reconnect(hostId: string): Promise<void> {
    returned.delete(hostId);
    fleet.drop(hostId);
    await untilUp('the agent did not come back', async () => {
      if (!returned.has(hostId)) return null;
      const host = await db
        .selectFrom('hosts')
        .select('state')
        .where('id', '=', hostId)
        .executeTakeFirst();
      return host?.state ?? null;
    });
  }

  /** Ends the jobs that wait for `id` as the work ends. */
  function begin(id: string, work: Promise<void>, undo: () => Promise<void>): void {
    const done = work
      .then(
        () => jobs.complete(db, id, hostGeneration),
        async (error: unknown) => {
          log.warn({ err: error, id }, 'work on a host failed');
          await undo();
          await jobs.fail(db, id, { generation: hostGeneration, error: asFailure(error) });
        },
      )
      .catch((error: unknown) => log.error({ err: error, id }, 'a job could not be ended'))
      .finally(() => running.delete(done));
    running.add(done);
  }

  return {
    installs: installer !== null,
    add: addition =>
      begin(addition.tokenId, add(addition), () => undoAddition(db, addition.tokenId)),
    simulates: simulator !== null,
    simulate: addition =>
      begin(addition.tokenId, simulate(addition), () => undoAddition(db, addition.tokenId)),
    removed: hostId => simulator?.forget(hostId),
    reconnect: hostId => begin(hostId, reconnect(hostId), () => Promise.resolve()),
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

/** A host that joined and was not up in time is none; its agent is not let in again, and the token no longer good. */
export async function undoAddition(db: Db, tokenId: string): Promise<void> {
  await db.transaction().execute(async tx => {
    const token = await tx
      .deleteFrom('join_tokens')
      .where('id', '=', tokenId)
      .returning('host_id')
      .executeTakeFirst();
    const hostId = token?.host_id ?? null;
    if (hostId === null) return;
    await tx.updateTable('hosts').set({ state: 'Removed' }).where('id', '=', hostId).execute();
    await revokeCertificates(tx, hostId);
  });
}

function asFailure(error: unknown): IsolaError {
  if (error instanceof IsolaError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new IsolaError('resource_unavailable', { reason }, error);
}
