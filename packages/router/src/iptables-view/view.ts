import { programs, type Run } from '../system/run.ts';
import { tables, viewTable } from './listing.ts';
import { printRules, printTable } from './print.ts';
import { translateRule } from './translate.ts';

const readOnly =
  'iptables: read-only here. The rules are made from what the management server knows: use its API ' +
  '(createFirewallRule, createEgressFirewallRule, createPortForwardingRule, enableStaticNat).\n';

/** What was asked for. */
export interface Query {
  readonly table: string;
  readonly form: 'list' | 'rules';
  readonly chain: string | null;
  readonly verbose: boolean;
}

/** Understands the arguments that list rules; `null` for all others, which would write. */
export function parseArguments(args: readonly string[]): Query | null {
  let table = 'filter';
  let form: Query['form'] | null = null;
  let chain: string | null = null;
  let verbose = false;
  const letters = args.flatMap(arg =>
    /^-[nvxtLS]{2,}$/.test(arg) ? arg.slice(1).replaceAll(/./g, ' -$&').trim().split(' ') : [arg],
  );
  for (let at = 0; at < letters.length; at += 1) {
    const argument = letters[at] ?? '';
    switch (argument) {
      case '-t':
      case '--table':
        at += 1;
        table = letters[at] ?? '';
        break;
      case '-S':
      case '--list-rules':
        form = 'rules';
        break;
      case '-L':
      case '--list':
        form = 'list';
        break;
      case '-v':
      case '--verbose':
        verbose = true;
        break;
      case '-n':
      case '--numeric':
      case '-x':
      case '--exact':
      case '-w':
        break;
      default:
        if (argument.startsWith('-') || form === null || chain !== null) return null;
        chain = argument;
    }
  }
  return form === null || tables[table] === undefined ? null : { table, form, chain, verbose };
}

/** The rules of the kernel in iptables form. Throws when they cannot be read. */
export async function renderView(
  run: Run,
  { table, form, chain, verbose }: Query,
): Promise<string> {
  const { code, stdout, stderr } = await run(['nft', '-n', 'list', 'ruleset']);
  if (code !== 0) throw new Error(stderr);
  const { chains, sets } = viewTable(stdout, table);
  const printed = chains
    .filter(({ name }) => chain === null || name === chain)
    .map(entry => ({ ...entry, rules: entry.rules.flatMap(rule => translateRule(rule, sets)) }));
  if (printed.length === 0) throw new Error(`no chain ${chain ?? ''} in table ${table}`);
  return form === 'rules' ? printRules(printed, verbose) : printTable(printed, verbose);
}

/** `iptables` of a router. Gives the exit status. */
export async function iptablesView(args: readonly string[]): Promise<number> {
  const query = parseArguments(args);
  if (query === null) {
    process.stderr.write(readOnly);
    return 1;
  }
  process.stdout.write(await renderView(programs().run, query));
  return 0;
}
