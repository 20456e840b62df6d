import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openJoinedAgent } from '@isola/agent';
import { pino } from 'pino';
import { CliError } from '../cli-error.ts';
import { takeLock } from '../process/lock.ts';
import { nextStopSignal } from '../process/signals.ts';
import { joinedOptions, readAgentSettings } from './settings.ts';

/** The lock that a running agent holds. */
export function agentLock(home: string): string {
  return join(home, 'run/agent.pid');
}

/** Runs the agent in the foreground until it is told to end; nothing on the host stops with it. Logs JSON lines to stdout. */
export async function runAgent(settingsFile: string): Promise<void> {
  const stopped = nextStopSignal();
  const settings = await readAgentSettings(settingsFile);
  if (settings === null)
    throw new CliError(`${settingsFile}: no such file`, 'Set the host up: isola agent install');
  const log = pino(
    { level: process.env['ISOLA_LOG_LEVEL'] ?? 'info', base: null },
    pino.destination({ dest: 1, sync: true }),
  );
  process.on('uncaughtExceptionMonitor', error => log.fatal({ err: error }, 'unexpected error'));
  await mkdir(join(settings.home, 'run'), { recursive: true, mode: 0o755 });
  const release = await takeLock(agentLock(settings.home), {
    holder: 'an agent of this home',
    hint: 'Stop it: systemctl stop isola-agent',
  });
  try {
    log.info({ pid: process.pid, node: process.version }, 'starting');
    const agent = await openJoinedAgent(joinedOptions(settings, log));
    await stopped;
    log.info('stopping; routers and guests go on');
    await agent.close();
  } finally {
    await release();
  }
}
