import type { HostAgent, ImageStores, StoredFile } from '@isola/agent-protocol';
import { cloudStackVersion } from '@isola/api';
import type { Logger } from 'pino';
import { handlers } from './features/index.ts';
import { loginAttempts } from './features/session/attempts.ts';
import type { Fleet } from './fleet/fleet.ts';
import { createHostWork } from './fleet/host-work.ts';
import { bothFleets, localFleet, noFleet } from './fleet/local-fleet.ts';
import { type AgentSettings, startFleet } from './fleet/start-fleet.ts';
import { apiLimits } from './http/api-limits.ts';
import type { ApiRoute } from './http/api-route.ts';
import { createApp } from './http/app.ts';
import { callerCache } from './http/caller-cache.ts';
import { jobResults } from './http/dispatch.ts';
import { startIntegrationPort } from './http/integration-port.ts';
import { createMetrics } from './http/metrics.ts';
import { managementServer, noteServer } from './identity/management-server.ts';
import { openSecretBox, type SecretBox } from './identity/secret.ts';
import { createJobs } from './jobs/jobs.ts';
import { recoverJobs } from './jobs/recover.ts';
import { startSweeping } from './jobs/sweep.ts';
import { jobWaiters } from './jobs/waiters.ts';
import { faultPoint } from './reconciler/fault.ts';
import { createReconciler } from './reconciler/reconciler.ts';
import { createRouterWork } from './reconciler/router-work.ts';
import { simulatedFacts } from './simulator/facts.ts';
import { type SimulatorSettings, seedSimulation } from './simulator/seed.ts';
import { openSimulator } from './simulator/simulator.ts';
import { type Db, openDatabase } from './store/database.ts';
import { migrate } from './store/migrate.ts';
import { type BuiltInTemplate, seedBuiltInTemplates } from './store/seed/built-in-templates.ts';
import { seedImageStore } from './store/seed/image-store.ts';
import {
  type EmptySettings,
  type Seeded,
  type SeedSettings,
  seed,
  seedEmpty,
} from './store/seed.ts';
import { downloadLimits } from './templates/download.ts';
import { createTemplates } from './templates/templates.ts';
import { startUsage } from './usage/start.ts';
import { startDelivering } from './webhooks/deliver.ts';

export interface ServerOptions {
  /** As in `DATABASE_URL`. */
  readonly databaseUrl: string;
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Of this machine; `null` when it is no host. */
  readonly agent: HostAgent | null;
  /** `null`: no hosts are simulated. */
  readonly simulator: SimulatorSettings | null;
  /** Agents of other hosts; `null` when there are none. */
  readonly agents: AgentSettings | null;
  readonly imageStores: ImageStores;
  /** Told of each step at which a server may die, with what makes it do nothing more by itself; for tests. */
  readonly fault?: ((point: string, die: () => void) => void) | undefined;
  /** What the installation brings along for them. */
  readonly templates: TemplateSettings;
  /** Without a zone when the installation is to be empty. */
  readonly settings: SeedSettings | EmptySettings;
  /** File of the key that secrets in the database are sealed with; made when there is none. */
  readonly secretKeyFile: string;
  readonly log: Logger;
}

export interface TemplateSettings {
  /** URL of the image store that a zone has from the beginning. */
  readonly imageStore: string;
  /** Folder from which root administrators may register files. */
  readonly importFolder: string;
  readonly builtIn: readonly BuiltInTemplate[];
}

export interface RunningServer {
  /** The API's endpoint: `http://127.0.0.1:8080/client/api`. */
  readonly url: string;
  readonly admin: Seeded['admin'];
  /** A template's file for a host; verified on the way. Throws `template_unavailable`, or the stream ends with it. */
  openTemplate(templateId: string): Promise<StoredFile>;
  /** The periodic look at image stores and templates, now. */
  lookAtTemplates(): Promise<void>;
  /** Refuses new calls, lets the running ones end, stops converging in order. What runs on the host goes on. The agent stays open. */
  close(): Promise<void>;
}

/** Starts the management server: migrates and seeds the database, takes over what runs, and answers when the promise resolves. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { log, agent } = options;
  const { db, pool } = openDatabase(options.databaseUrl);
  pool.on('error', error => log.warn({ err: error }, 'a database connection was lost'));
  const closers: (() => Promise<void>)[] = [() => db.destroy()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed())
      await closer().catch((error: unknown) => log.error({ err: error }, 'while stopping'));
  };
  try {
    await migrate(db);
    const secrets = await openSecretBox(options.secretKeyFile);
    const simulator =
      options.simulator === null
        ? null
        : await openSimulator({ db, log, world: options.simulator.world });
    if (simulator !== null) closers.push(() => simulator.close());
    const seeded = await seedDatabase(options, db, secrets);
    const jobs = createJobs({ resultOf: jobResults(handlers), log });
    const waiters = await jobWaiters({ db, pool, log });
    closers.push(async () => waiters.close());
    await recoverJobs(db, jobs);
    let fleet: Fleet = simulator?.fleet ?? noFleet;
    if (agent !== null && seeded.hostId !== null)
      fleet = bothFleets(localFleet(seeded.hostId, agent), fleet);
    const templates = createTemplates({
      db,
      stores: options.imageStores,
      agents: () => new Map(fleet.connected().map(id => [id, fleet.of(id)])),
      importFolder: options.templates.importFolder,
      limits: downloadLimits,
      log,
    });
    closers.push(() => templates.close());
    await seedStores(options, db, seeded);
    await templates.start();
    fleet = await startFleet({
      db,
      secrets,
      log,
      local: fleet,
      agents: options.agents,
      openTemplate: id => templates.open(id),
    });
    closers.push(() => fleet.close());
    if (simulator !== null && options.simulator !== null)
      await seedSimulation(db, simulator, { ...options.simulator, zoneId: seeded.zoneId });
    const patience = options.simulator?.patience;
    const mortal: (() => Promise<void>)[] = [];
    const fault = faultOf(options, () => {
      for (const stop of mortal) void stop();
    });
    const reconciler = createReconciler({
      db,
      fleet,
      jobs,
      log,
      ...(patience === undefined ? {} : { patience }),
      fault,
    });
    closers.push(() => reconciler.close());
    mortal.push(() => reconciler.close());
    await reconciler.start();
    const hosts = createHostWork({
      db,
      fleet,
      jobs,
      log,
      installer: options.agents?.installer ?? null,
      simulator,
    });
    closers.push(() => hosts.close());
    const routerWork = createRouterWork({ db, fleet, jobs, log });
    closers.push(() => routerWork.close());
    closers.push(startSweeping(db, log));
    closers.push(startUsage(db, log));
    const stopDelivering = startDelivering({ db, secrets, log, fault });
    closers.push(stopDelivering);
    mortal.push(stopDelivering);

    const route: ApiRoute = {
      dispatcher: {
        apiLimits: apiLimits(() => performance.now()),
        db,
        handlers,
        secrets,
        waiters,
        reconciler: {
          ...reconciler,
          wake: (kind, id) => {
            fault('command.committed');
            reconciler.wake(kind, id);
          },
        },
        imageStores: options.imageStores,
        builtInTemplates: options.templates.builtIn,
        templates,
        hosts,
        routerWork,
        mocks: simulator?.mocks ?? null,
      },
      callers: callerCache(() => performance.now()),
      attempts: loginAttempts(() => performance.now()),
      metrics: createMetrics(),
      log,
      serverId: (await managementServer(db)).id,
    };
    const app = createApp(route);
    closers.push(() => app.close());
    const { userId } = seeded.admin;
    closers.push(await startIntegrationPort({ route, userId, log }));
    // Awaited answers must not hold up the end of the running calls.
    closers.push(async () => waiters.close());
    const address = await app.listen(options.listen);
    log.info({ address }, 'listening');
    closers.push(
      await noteServer(db, { address: new URL(address).hostname, version: cloudStackVersion }),
    );
    return {
      url: `${address}/client/api`,
      admin: seeded.admin,
      openTemplate: id => templates.open(id),
      async lookAtTemplates() {
        await templates.look();
        await templates.idle();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function faultOf({ fault }: ServerOptions, die: () => void): (point: string) => void {
  return fault === undefined ? faultPoint : point => fault(point, die);
}

interface SeededDatabase {
  readonly admin: Seeded['admin'];
  /** Of the zone that the configuration describes. */
  readonly zoneId: string | null;
  /** Of this machine, when it is a host. */
  readonly hostId: string | null;
}

async function seedDatabase(
  { settings, agent, simulator }: ServerOptions,
  db: Db,
  secrets: SecretBox,
): Promise<SeededDatabase> {
  if (!('zone' in settings)) {
    const { admin } = await seedEmpty(db, { settings, secrets });
    return { admin, zoneId: null, hostId: null };
  }
  if (agent !== null) return seed(db, { settings, facts: await agent.facts(), secrets });
  if (simulator === null) throw new Error('a zone needs hosts: this machine, or simulated ones');
  const facts = simulatedFacts({ name: '', address: '', zoneId: '' });
  return seed(db, { settings, facts, local: false, secrets });
}

/** A store that cannot be had must not keep the server from starting: what runs goes on without. */
async function seedStores(
  { imageStores, templates, log }: ServerOptions,
  db: Db,
  { zoneId, admin }: SeededDatabase,
): Promise<void> {
  if (zoneId === null) return;
  const store = { stores: imageStores, zoneId, url: templates.imageStore };
  await seedImageStore(db, store).catch((error: unknown) =>
    log.error({ err: error }, 'the zone has no image store'),
  );
  const { accountId } = admin;
  await seedBuiltInTemplates(db, { accountId, zoneId, templates: templates.builtIn });
}
