import { httpLimits } from '../../http/limits.ts';

/** Counts failed logins in memory, so that passwords cannot be guessed at speed. */
export interface LoginAttempts {
  /**
   * Whether an attempt may be looked at; call `end` on what it gives. `null` when too many failed. While those that are looked at
   * could fill up the number that may fail, it waits for one of them: many at once are no more than one after another.
   */
  begin(attempt: Attempt): Promise<Begun | null>;
}

interface Attempt {
  /** Domain and user name, in lower case. */
  readonly user: string;
  readonly address: string;
}

interface Begun {
  end(outcome: 'succeeded' | 'failed'): void;
}

/** The attempts of one user from one address, or all of an address. */
interface Count {
  failures: number;
  until: number;
  underway: number;
  waiting: (() => void)[];
}

/** `now` gives milliseconds. `counts` holds who tried, by address and user: nobody who was only refused. */
export function loginAttempts(now: () => number, counts = new Map<string, Count>()): LoginAttempts {
  const forget = (key: string, count: Count): void => {
    if (count.until <= now()) count.failures = 0;
    if (count.failures === 0 && count.underway === 0 && count.waiting.length === 0)
      counts.delete(key);
  };
  const knownCount = (key: string): Count | undefined => {
    const count = counts.get(key);
    if (count !== undefined && count.until <= now()) count.failures = 0;
    return count;
  };
  const countOf = (key: string): Count => {
    const count = knownCount(key) ?? { failures: 0, until: 0, underway: 0, waiting: [] };
    counts.set(key, count);
    return count;
  };

  return {
    async begin({ user, address }) {
      const keys = [
        { key: `${address} ${user}`, most: httpLimits.loginFailuresPerUser },
        { key: address, most: httpLimits.loginFailuresPerAddress },
      ];
      for (;;) {
        const full = keys.flatMap(({ key, most }) => {
          const count = knownCount(key);
          return count !== undefined && count.failures + count.underway >= most
            ? [{ count, most }]
            : [];
        });
        if (full.some(({ count, most }) => count.failures >= most)) return null;
        const [first] = full;
        if (first === undefined) break;
        await new Promise<void>(done => first.count.waiting.push(done));
      }
      for (const { key } of keys) countOf(key).underway += 1;
      return {
        end(outcome) {
          const [ofUser] = keys;
          for (const { key } of keys) {
            const count = countOf(key);
            count.underway -= 1;
            if (outcome === 'failed') {
              if (count.failures === 0) count.until = now() + httpLimits.loginWindow;
              count.failures += 1;
            } else if (key === ofUser?.key) count.failures = 0;
            for (const done of count.waiting.splice(0)) done();
          }
          // At most `loginFailuresPerAddress` users an address; those whose window is over go here.
          for (const [key, count] of counts) forget(key, count);
        },
      };
    },
  };
}
