import type { HealthCheck } from '@isola/model';
import type { Db } from '../../store/database.ts';
import { settingsAt, textSetting } from '../setting/value.ts';
import { healthChecksOf } from './health-check-names.ts';

export interface HealthRules {
  /** Checks that are not kept. */
  readonly excluded: ReadonlySet<string>;
  readonly leastDiskMiB: number;
  readonly mostCpuPercent: number;
  readonly mostMemoryPercent: number;
}

/** What settings say of health checks in zones: two statements at most, however many there are. */
export async function healthRules(
  db: Db,
  zoneIds: readonly string[],
): Promise<(zoneId: string) => HealthRules> {
  const ids = [...new Set(zoneIds)];
  const zones = { scope: 'zone', ids } as const;
  const excluded = healthChecksOf(await textSetting(db, 'router.health.checks.to.exclude'));
  const disk = await settingsAt(db, 'router.health.checks.free.disk.space.threshold', zones);
  const cpu = await settingsAt(db, 'router.health.checks.max.cpu.usage.threshold', zones);
  const memory = await settingsAt(db, 'router.health.checks.max.memory.usage.threshold', zones);
  return zoneId => ({
    excluded,
    leastDiskMiB: disk.get(zoneId) ?? 0,
    mostCpuPercent: cpu.get(zoneId) ?? 100,
    mostMemoryPercent: memory.get(zoneId) ?? 100,
  });
}

/** What a router told of itself, as the settings judge it. */
export function judged(checks: readonly HealthCheck[], rules: HealthRules): HealthCheck[] {
  return checks.filter(({ name }) => !rules.excluded.has(name)).map(check => judge(check, rules));
}

function judge(check: HealthCheck, rules: HealthRules): HealthCheck {
  const { measure } = check;
  if (measure === undefined) return check;
  switch (check.name) {
    case 'disk_space_check':
      return outcome(check, measure >= rules.leastDiskMiB, `at least ${rules.leastDiskMiB} MiB`);
    case 'cpu_usage_check':
      return outcome(check, measure <= rules.mostCpuPercent, `at most ${rules.mostCpuPercent} %`);
    case 'memory_usage_check':
      return outcome(
        check,
        measure <= rules.mostMemoryPercent,
        `at most ${rules.mostMemoryPercent} %`,
      );
    default:
      return check;
  }
}

function outcome(check: HealthCheck, success: boolean, wanted: string): HealthCheck {
  return { ...check, success, detail: success ? check.detail : `${check.detail}, not ${wanted}` };
}
