/** Where a probe sends to or listens on. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** What a probe has of its surroundings: a process of its own, or a line that it shares with others. */
export interface Io {
  /** Gives one line of the probe's answer. */
  report(result: Record<string, unknown>): void;
  /** Runs `end` once nobody needs the probe any more; it frees what the probe holds and calls `exit`. */
  onEnd(end: () => void): void;
  exit(code: number): void;
  /** Ends the probe, which could not do its work. */
  fail(error: Error): void;
}
