import { IsolaError } from '@isola/model';
import { setting } from '../features/setting/value.ts';
import type { Db } from '../store/database.ts';
import type { ApiLimits } from './api-limits.ts';
import type { Caller } from './call.ts';

/** `api.throttling.interval` and `api.throttling.max`. */
export async function apiLimit(db: Db): Promise<{ window: number; max: number }> {
  const [seconds, max] = [
    await setting(db, 'api.throttling.interval'),
    await setting(db, 'api.throttling.max'),
  ];
  return { window: seconds * 1000, max };
}

/** Refuses (429) a call above the limit of its account. As in CloudStack, root administrators have none. */
export async function throttle(db: Db, limits: ApiLimits, { account }: Caller): Promise<void> {
  if ((await setting(db, 'api.throttling.enabled')) === 0 || account.role === 'Root Admin') return;
  const { allowed, expires } = limits.called(account.id, await apiLimit(db));
  if (!allowed) throw new IsolaError('api_limit', { milliseconds: String(Math.ceil(expires)) });
}
