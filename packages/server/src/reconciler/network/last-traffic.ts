import type { RouterReport } from '@isola/model';
import type { RouterRow } from '../../store/schema.ts';
import { type Reading, recordTraffic } from '../../usage/traffic.ts';
import type { Convergence } from '../convergence.ts';

/** The reading of traffic in a report, if there is one. */
export function readingsOf(routerId: string, { traffic }: RouterReport): readonly Reading[] {
  return traffic === undefined ? [] : [{ routerId, ...traffic }];
}

/** States of a router that runs, or did until it was asked to end. */
const running: ReadonlySet<RouterRow['state']> = new Set(['Running', 'Stopping', 'Destroying']);

/** Takes down what a router carried before it stops: its counters end with it. One that does not answer is stopped all the same. */
export async function noteLastTraffic(ctx: Convergence, router: RouterRow): Promise<void> {
  if (!router.reachable || !running.has(router.state)) return;
  if (!ctx.fleet.connected().includes(router.host_id)) return;
  const report = await ctx.fleet
    .of(router.host_id)
    .report(router.id)
    .catch((error: unknown) => {
      ctx.log.warn({ err: error, router: router.name }, 'its last traffic is not known');
    });
  if (report !== undefined) await recordTraffic(ctx.db, readingsOf(router.id, report));
}
