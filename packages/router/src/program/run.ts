import type { RouterReport } from '@isola/model';
import { Router } from '../applier/router.ts';
import { Counters } from '../counters.ts';
import { collectFiles } from '../diagnostics/collect.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import { healthChecks } from '../health/checks.ts';
import { HealthServer } from '../health/http-server.ts';
import { pluggedNics } from '../interfaces/plugged.ts';
import { routerPaths } from '../paths.ts';
import { ConfigStore } from '../persistence/config-store.ts';
import { programs } from '../system/run.ts';
import { runitServices } from '../system/services.ts';
import { CappedLog } from './capped-log.ts';
import { LoggedRouter } from './logged-router.ts';
import { rehearse } from './rehearsal.ts';
import { SocketServer } from './socket-server.ts';
import { WatchLoop } from './watch-loop.ts';

/** How often is looked for what is missing, a NIC or the first configuration, in milliseconds. */
const LOOK_PAUSE = 25;
/** When a whole configuration is read back after it was installed, in milliseconds: a router that just started has a server to answer first. */
const VERIFY_PAUSE = 2000;

/**
 * Runs the router program until SIGTERM. `root` is `/` but in tests. With `rehearsal` it is only to be reached once it
 * has rehearsed, unless it has a configuration.
 */
export async function runRouter(root: string, rehearsal = false): Promise<void> {
  const paths = routerPaths(root);
  const tools = programs();
  const services = runitServices(paths.services);
  const cloudLog = new CappedLog(paths.cloudLog);
  const routerLog = new CappedLog(paths.routerLog);
  const router: Router = new Router({
    programs: tools,
    services,
    paths,
    counters: new Counters(),
    onDrift: (drift, report) => {
      logged.logDrift(drift);
      server.broadcast({ event: 'drift', drift, report });
    },
  });
  const store = new ConfigStore(paths.bootConfig, paths.journal);
  const loop: WatchLoop = new WatchLoop(async () => {
    try {
      await router.watch();
    } catch (error) {
      cloudLog.write('ERROR', `comparison failed: ${String(error)}`);
    }
    listen();
  });
  const logged = new LoggedRouter({
    router,
    store,
    cloudLog,
    routerLog,
    // What was installed is read back when there is time.
    onInstalled: () => loop.soon(VERIFY_PAUSE),
  });
  const report = (): RouterReport => router.report();
  const checks = () => healthChecks({ router, services, run: tools.run });
  const server = new SocketServer({
    path: paths.socket,
    router: logged,
    report,
    healthChecks: checks,
    diagnose: diagnostic => diagnose(tools.run, diagnostic),
    collect: files => collectFiles(tools, root, files),
  });
  const health = new HealthServer({
    report,
    healthChecks: checks,
    healthy: () => router.index !== null && router.mismatches.size === 0,
  });
  const listen = (): void => {
    const address = router.index?.header.control.address;
    if (address !== undefined) health.listen(address);
  };

  /** Gives whether there was one. */
  const applyBoot = async (): Promise<boolean> => {
    try {
      const boot = await store.load();
      if (boot === null) return false;
      await logged.apply(boot);
    } catch (error) {
      cloudLog.write('ERROR', `boot configuration: ${String(error)}`);
    }
    listen();
    return true;
  };

  cloudLog.write('INFO', 'isola-router starts');
  let booted = await applyBoot();
  if (!booted && rehearsal)
    await rehearse().catch((error: unknown) =>
      cloudLog.write('WARN', `rehearsal: ${String(error)}`),
    );
  if (!booted) cloudLog.write('INFO', `waiting for ${paths.bootConfig}`);
  await server.listen();

  loop.start();
  const look = async (): Promise<void> => {
    // The host may lay it down later; a configuration that came over the socket meanwhile is newer.
    if (!booted) booted = router.index !== null || (await applyBoot());
    if (router.missingNics.length === 0) return;
    const plugged = await pluggedNics();
    if (router.missingNics.some(device => plugged.has(device))) await router.plug();
  };
  let looking = false;
  const nics = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch((error: unknown) => cloudLog.write('ERROR', `looking for NICs: ${String(error)}`))
      .finally(() => {
        looking = false;
      });
  }, LOOK_PAUSE);

  await new Promise<void>(resolve => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  clearInterval(nics);
  loop.stop();
  server.close();
  health.close();
  router.close();
  cloudLog.write('INFO', 'isola-router ends; rules and daemons stay');
  await cloudLog.flush();
  await routerLog.flush();
}
