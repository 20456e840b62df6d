/** Prints the rules in iptables form. Gives the exit status. */
export async function iptablesView(args: readonly string[]): Promise<number> {
  process.stderr.write(`${args.join(' ')}\n`);
  return 1;
}
