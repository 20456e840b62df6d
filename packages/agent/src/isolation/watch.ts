import type { Logger } from 'pino';
import { type Isolation, look, notIsolated } from './isolation.ts';

export interface IsolationWatchOptions {
  readonly connected: () => boolean;
  readonly neighbours: () => readonly string[];
  readonly reaches: (address: string) => Promise<boolean>;
  /** Stops what others will start. */
  readonly stop: () => Promise<void>;
  /** Milliseconds without anybody until it stops. */
  readonly limitMs: number;
  readonly log: Logger;
  readonly everyMs?: number;
}

/** Until a host that sees neither its server nor any neighbour gives up what others will start. */
export const usualLimitMs = 20_000;
const usualEveryMs = 2_000;

/**
 * Watches whether this host is cut off from everybody. The others wait longer than this before they start its routers and highly
 * available guests, so that none runs twice. Returns what ends it.
 */
export function watchIsolation(options: IsolationWatchOptions): () => void {
  const { log, limitMs } = options;
  let state: Isolation = notIsolated;
  let looking = false;

  const lookAround = async (): Promise<void> => {
    const server = options.connected();
    const neighbours = options.neighbours();
    const neighbourAnswers = !server && (await anyOf(neighbours, options.reaches));
    const before = state;
    const now = performance.now();
    state = look(
      before,
      {
        now,
        server: server || options.connected(),
        neighbours: neighbours.length,
        neighbourAnswers,
      },
      limitMs,
    );
    if (before.since === null && state.since !== null)
      log.warn({ limitMs }, 'neither the server nor any other host is to be seen');
    if (before.since !== null && state.since === null) log.info('somebody is to be seen again');
    if (!state.mustStop) return;
    if (!before.mustStop)
      log.error('cut off from everybody: routers and highly available guests are stopped');
    // Repeated while it lasts: what is stopped already stays so.
    await options.stop();
  };

  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    lookAround()
      .catch((error: unknown) => log.error({ err: error }, 'isolation could not be dealt with'))
      .finally(() => {
        looking = false;
      });
  }, options.everyMs ?? usualEveryMs);
  return () => clearInterval(timer);
}

/** Whether one of them answers; a question that fails counts as no answer. */
async function anyOf(
  addresses: readonly string[],
  reaches: (address: string) => Promise<boolean>,
): Promise<boolean> {
  const answers = await Promise.all(addresses.map(each => reaches(each).catch(() => false)));
  return answers.includes(true);
}
