import { IsolaError, type RouterReport } from '@isola/model';
import type { RouterRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';

export interface Expected {
  readonly generation: number;
  readonly fingerprint: string;
}

/**
 * The report of a router that runs what was expected. One that reports something else is told to compare and repair itself
 * first. Throws `resource_unavailable` when it still differs.
 */
export async function confirmed(
  ctx: Convergence,
  router: Pick<RouterRow, 'id' | 'name' | 'host_id'>,
  { expected, report }: { readonly expected: Expected; readonly report: RouterReport },
): Promise<RouterReport> {
  ctx.mute.delete(router.id);
  if (matches(report, expected)) return report;
  ctx.log.warn({ router: router.name, expected, report }, 'router reports another fingerprint');
  const repaired = await ctx.fleet.of(router.host_id).resyncRouter(router.id);
  if (matches(repaired, expected)) return repaired;
  throw new IsolaError('resource_unavailable', {
    reason: `router ${router.name} does not run the configuration it was given`,
  });
}

function matches(report: RouterReport, expected: Expected): boolean {
  return report.generation === expected.generation && report.fingerprint === expected.fingerprint;
}
