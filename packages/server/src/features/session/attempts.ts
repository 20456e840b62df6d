import { httpLimits } from '../../http/limits.ts';

/** Counts failed logins in memory, so that passwords cannot be guessed at speed. */
export interface LoginAttempts {
  /** Whether another attempt may be looked at. */
  allowed(attempt: Attempt): boolean;
  failed(attempt: Attempt): void;
  succeeded(attempt: Attempt): void;
}

interface Attempt {
  /** Domain and user name, in lower case. */
  readonly user: string;
  readonly address: string;
}

/** `now` gives milliseconds. */
export function loginAttempts(now: () => number): LoginAttempts {
  const failures = new Map<string, { count: number; readonly until: number }>();

  const countOf = (key: string): number => {
    const entry = failures.get(key);
    if (entry === undefined || entry.until > now()) return entry?.count ?? 0;
    failures.delete(key);
    return 0;
  };
  const note = (key: string): void => {
    const entry = countOf(key) === 0 ? undefined : failures.get(key);
    if (entry !== undefined) entry.count += 1;
    else failures.set(key, { count: 1, until: now() + httpLimits.loginWindow });
  };
  const userKey = ({ user, address }: Attempt): string => `${address} ${user}`;

  return {
    allowed: attempt =>
      countOf(userKey(attempt)) < httpLimits.loginFailuresPerUser &&
      countOf(attempt.address) < httpLimits.loginFailuresPerAddress,
    failed(attempt) {
      // At most `loginFailuresPerAddress` user keys an address; those whose window is over go here.
      for (const key of failures.keys()) countOf(key);
      note(userKey(attempt));
      note(attempt.address);
    },
    succeeded: attempt => void failures.delete(userKey(attempt)),
  };
}
