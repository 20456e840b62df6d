import { compose } from './compose.ts';
import { openLog } from './logger.ts';
import { readSettings } from './settings.ts';

/**
 * The management server's process: `main.js SETTINGS-FILE`. Started with a channel (by `isola up`), it says `{ ready: url }` there,
 * and ends in order when the channel closes: a server never outlives the supervisor that would end it.
 */
async function main(settingsFile: string | undefined): Promise<void> {
  if (settingsFile === undefined) throw new Error('usage: main.js SETTINGS-FILE');
  const stopped = stopRequest();
  const installation = await readSettings(settingsFile);
  const log = await openLog(installation.home);
  process.on('uncaughtExceptionMonitor', error => log.fatal({ err: error }, 'unexpected error'));
  log.info({ pid: process.pid, node: process.version }, 'starting');
  try {
    const running = await compose(installation, log);
    log.info({ url: running.url }, 'ready');
    process.send?.({ ready: running.url });
    log.info({ reason: await stopped }, 'stopping');
    await running.close();
    log.info('stopped');
  } catch (error) {
    log.fatal({ err: error }, 'cannot run');
    throw error;
  }
}

/** Why this process should end, when it should. */
function stopRequest(): Promise<string> {
  return new Promise(resolve => {
    process.once('disconnect', () => resolve('the supervisor is gone'));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });
}

try {
  await main(process.argv[2]);
  process.exit(0);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
