/** Writes a result to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes a message to stderr. */
export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
