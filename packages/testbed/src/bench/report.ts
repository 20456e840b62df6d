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
  const sections = outcomes.map(outcome => renderSection(outcome));
  const head = [
    '# Benchmarks',
    'Written by `npm run bench`; do not edit. Every figure has its baseline from the same run on the same machine: compare ratios, not absolute values, between machines. `p50` is the median.',
    machine.map(line => `* ${line}`).join('\n'),
  ];
  return assemble(`${head.join('\n\n')}\n\n`, sections);
}

/** The page with the sections of a run of some replaced, or added at the end; they say where and when for themselves. */
export function updatePage(
  page: string,
  machine: readonly string[],
  outcomes: readonly Outcome[],
): string {
  const [head = '', ...rest] = page.split(/^(?=## )/m);
  const sections = rest.map(section => section.trimEnd());
  for (const outcome of outcomes) {
    const text = `${renderSection(outcome)} Measured by itself: ${machine.join('; ')}.`;
    const at = sections.findIndex(section => section.startsWith(`## ${outcome.title}\n`));
    sections.splice(at < 0 ? sections.length : at, at < 0 ? 0 : 1, text);
  }
  return assemble(head.replace(/^\d+ of \d+ aims .*\n\n/m, ''), sections);
}

function assemble(head: string, sections: readonly string[]): string {
  const aims = sections.flatMap(section => [
    ...section.matchAll(/^\| (.*?) +\|.*\| (met|missed) +\|$/gm),
  ]);
  const missed = aims.filter(([, , is]) => is === 'missed').map(([, what]) => what);
  const summary = `${aims.length - missed.length} of ${aims.length} aims are met${missed.length === 0 ? '.' : `; missed: ${missed.join('; ')}.`}`;
  return `${head}${[summary, ...sections].join('\n\n')}\n`;
}

function renderSection({ title, method, seconds, result }: Outcome): string {
  return [
    `## ${title}`,
    method,
    'rows' in result ? renderTable(result.rows) : `Not measured: ${result.failure}`,
    `Took ${seconds.toFixed(0)} s.`,
  ].join('\n\n');
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
