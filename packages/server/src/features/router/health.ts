import type { HealthCheck } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { isOutdated } from './outdated.ts';
import { newestImage, type ShownRouter } from './repository.ts';

/**
 * What is known of a router's health: what it told of itself, under the names of CloudStack's checks, and what only the server can tell. Nothing while
 * it has not been asked.
 */
export function healthOf(router: ShownRouter): readonly HealthCheck[] {
  const { health_checks: told, health_checked: checked, reachable, image } = router;
  if (told.length === 0 || checked === null) return [];
  const own = (name: string, success: boolean, detail: string): HealthCheck => ({
    name,
    type: 'basic',
    success,
    detail,
    at: new Date(checked).toISOString(),
  });
  const outdated = isOutdated(router);
  return [
    own('connectivity.test', reachable, reachable ? 'it answers' : 'it does not answer'),
    own(
      'router_version_check',
      !outdated,
      `image ${image.slice(0, 12)}${outdated ? `, the newest is ${(router.newest_image ?? '').slice(0, 12)}` : ''}`,
    ),
    ...told,
  ];
}

/** Routers of whose own checks one failed when they were asked last. */
export const failsChecks = sql<SqlBool>`jsonb_path_exists(routers.health_checks, '$[*] ? (@.success == false)')`;

/** The same in SQL: whether a check of a router failed. */
export const hasFailedChecks = sql<SqlBool>`(jsonb_array_length(routers.health_checks) > 0 and routers.health_checked is not null
  and (not routers.reachable or coalesce(nullif(${newestImage}, ''), routers.image) <> routers.image
    or ${failsChecks}))`;
