import type { Caller } from './call.ts';
import { httpLimits } from './limits.ts';

export interface KeyHolder {
  readonly caller: Caller;
  readonly secretKey: string;
}

/** Remembers who an API key belongs to, for a short time, so that a signed call need not ask the database. */
export interface CallerCache {
  get(apiKey: string): KeyHolder | undefined;
  put(apiKey: string, holder: KeyHolder): void;
  /** Users, accounts or domains changed. */
  clear(): void;
}

/** `now` gives milliseconds. The least recently used goes first when full. */
export function callerCache(now: () => number): CallerCache {
  const entries = new Map<string, { readonly holder: KeyHolder; readonly until: number }>();
  return {
    get(apiKey) {
      const entry = entries.get(apiKey);
      if (entry === undefined) return undefined;
      entries.delete(apiKey);
      if (entry.until <= now()) return undefined;
      entries.set(apiKey, entry);
      return entry.holder;
    },
    put(apiKey, holder) {
      entries.set(apiKey, { holder, until: now() + httpLimits.callerTtl });
      if (entries.size <= httpLimits.cachedCallers) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        return;
      }
    },
    clear: () => entries.clear(),
  };
}
