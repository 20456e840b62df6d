/** Counts the calls of accounts in memory, each in windows of its own: `api.throttling.*`. */
export interface ApiLimits {
  /** Counts a call; whether it is within the limit, and milliseconds until the account's window ends. */
  called(accountId: string, limit: Limit): { readonly allowed: boolean; readonly expires: number };
  /** Calls in the account's window, and milliseconds until it ends. */
  issued(accountId: string, limit: Limit): { readonly count: number; readonly expires: number };
  /** Forgets the calls of an account, or of all. */
  reset(accountId?: string): void;
}

interface Limit {
  /** Milliseconds of a window. */
  readonly window: number;
  readonly max: number;
}

/** `now` gives milliseconds. */
export function apiLimits(now: () => number): ApiLimits {
  const windows = new Map<string, { count: number; readonly until: number }>();
  // Those that are over go as soon as the first of those there were may be.
  let sweep = 0;

  const open = (accountId: string, { window }: Limit) => {
    const time = now();
    if (time >= sweep) {
      for (const [id, { until }] of windows) if (until <= time) windows.delete(id);
      sweep = time + window;
    }
    const found = windows.get(accountId);
    if (found !== undefined && found.until > time) return found;
    const fresh = { count: 0, until: time + window };
    windows.set(accountId, fresh);
    return fresh;
  };
  return {
    called(accountId, limit) {
      const window = open(accountId, limit);
      window.count += 1;
      return { allowed: window.count <= limit.max, expires: window.until - now() };
    },
    issued(accountId, limit) {
      const { count, until } = open(accountId, limit);
      return { count, expires: until - now() };
    },
    reset(accountId) {
      if (accountId === undefined) windows.clear();
      else windows.delete(accountId);
    },
  };
}
