/** Tells whoever waits what is being done. Results go to standard output, this does not. */
export function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}
