/** More than so many in so many milliseconds are not one agent that lost its connection. */
const limit = 4;
const spanMs = 60_000;

/** Counts how often a connection that lived was taken over by another one of the same host. */
export class Takeovers {
  readonly #times = new Map<string, readonly number[]>();

  /** Counts one; whether there were too many of late. */
  tooMany(hostId: string, now = performance.now()): boolean {
    const recent = (this.#times.get(hostId) ?? []).filter(time => now - time < spanMs);
    this.#times.set(hostId, [...recent, now].slice(-limit - 1));
    return recent.length >= limit;
  }
}
