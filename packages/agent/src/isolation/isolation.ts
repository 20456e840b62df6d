/** What a host sees of the others at one moment. */
export interface Sight {
  /** Milliseconds, of any clock that only goes forward. */
  readonly now: number;
  readonly server: boolean;
  /** How many neighbours it was told of, and whether any of them answers. */
  readonly neighbours: number;
  readonly neighbourAnswers: boolean;
}

export interface Isolation {
  /** Since when it sees nobody; `null` when it sees somebody, or has nobody to see. */
  readonly since: number | null;
  /** It must stop what others will start. */
  readonly mustStop: boolean;
}

export const notIsolated: Isolation = { since: null, mustStop: false };

/** The next state. A host without neighbours is never isolated: nobody could take over from it. */
export function look(before: Isolation, sight: Sight, limitMs: number): Isolation {
  if (sight.server || sight.neighbours === 0 || sight.neighbourAnswers) return notIsolated;
  const since = before.since ?? sight.now;
  return { since, mustStop: sight.now - since >= limitMs };
}
