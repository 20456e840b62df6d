/** Where a probe sends to or listens on. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Prints the probe's answer. */
export function report(result: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Runs `end` once standard input closes. */
export function whenStdinCloses(end: () => void): void {
  process.stdin.resume();
  process.stdin.once('end', end);
}
