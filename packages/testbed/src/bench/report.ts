import { type Aim, figure, type Row, verdict } from './row.ts';

/** What one section gave: its rows, or why it has none. */
export interface Outcome {
  readonly title: string;
  /** How it was measured: one paragraph. */
  readonly method: string;
  readonly seconds: number;
  readonly result: { readonly rows: readonly Row[] } | { readonly failure: string };
}

const columns = ['what', 'result', 'baseline', 'ratio', 'aim', 'verdict'] as const;

/** The table of a section as a Markdown table whose columns line up, for a page and for a terminal. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [[...columns], ...rows.map(cells)];
  const widths = columns.map((_, at) => Math.max(...lines.map(line => line[at]?.length ?? 0)));
  const text = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = lines;
  const rule = `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`;
  return [text(head), rule, ...body.map(text)].join('\n');
}

/** The page `docs/benchmarks.md`. `machine` are lines about where and when. */
export function renderPage(machine: readonly string[], outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ result }) => ('rows' in result ? result.rows : []));
  const aims = rows.filter(row => row.aim !== undefined);
  const missed = aims.filter(row => verdict(row) === 'missed');
  const parts = [
    '# Benchmarks',
    'Written by `npm run bench`; do not edit. Every figure has its baseline from the same run on the same machine: compare ratios, not absolute values, between machines. `p50` is the median.',
    machine.map(line => `* ${line}`).join('\n'),
    `${aims.length - missed.length} of ${aims.length} aims are met${missed.length === 0 ? '.' : `; missed: ${missed.map(row => row.what).join('; ')}.`}`,
    ...outcomes.flatMap(renderSection),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderSection({ title, method, seconds, result }: Outcome): string[] {
  return [
    `## ${title}`,
    method,
    'rows' in result ? renderTable(result.rows) : `Not measured: ${result.failure}`,
    `Took ${seconds.toFixed(0)} s.`,
  ];
}

function cells(row: Row): string[] {
  const { what, value, unit, also, baseline, aim } = row;
  return [
    what,
    `${figure(value)} ${unit}${also === undefined ? '' : ` (${also})`}`,
    baseline === undefined ? '' : `${figure(baseline.value)} ${unit} (${baseline.what})`,
    baseline === undefined ? '' : figure(value / baseline.value),
    aim === undefined ? '' : describe(aim, unit),
    verdict(row) ?? '',
  ];
}

function describe(aim: Aim, unit: string): string {
  return 'below' in aim ? `< ${figure(aim.below)} ${unit}` : `>= ${figure(aim.atLeast)} ${unit}`;
}
