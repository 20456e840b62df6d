import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Lab } from './lab.ts';
import { describeMachine } from './machine.ts';
import { type Outcome, renderPage, renderTable, updatePage } from './report.ts';
import { verdict } from './row.ts';
import type { Section } from './section.ts';
import { api } from './sections/api.ts';
import { configuration } from './sections/configuration.ts';
import { hostsSection } from './sections/hosts.ts';
import { lease } from './sections/lease.ts';
import { machineLease } from './sections/machine-lease.ts';
import { machineMemory } from './sections/machine-memory.ts';
import { machineRules } from './sections/machine-rules.ts';
import { machineStart } from './sections/machine-start.ts';
import { memory } from './sections/memory.ts';
import { rules } from './sections/rules.ts';
import { scale } from './sections/scale.ts';
import { traffic } from './sections/traffic.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** In the order in which they run: lease while the machine has one world and nothing else, memory before many calls. */
const sections: readonly Section[] = [
  lease,
  memory,
  rules,
  configuration,
  traffic,
  api,
  machineStart,
  machineLease,
  machineRules,
  machineMemory,
  hostsSection('VLAN'),
  hostsSection('VXLAN'),
  scale,
];

const page = `${root}docs/benchmarks.md`;
/** Among the names: has a run of some sections written, too. */
const writeFlag = '--write';

/**
 * Runs the named sections, or all; prints each one's table. A run of all writes `docs/benchmarks.md`; one of some
 * replaces their part of it if `--write` is among the names. Gives the exit code: 1 when a section could not be
 * measured. Missed aims are results, not failures.
 */
export async function bench(words: readonly string[]): Promise<number> {
  const names = namesIn(words);
  const chosen = chosenBy(names);
  const machine = await describeMachine(root);
  const outcomes: Outcome[] = [];
  const lab = new Lab();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void lab.remove().finally(() => process.exit(1));
    });
  try {
    for (const section of chosen) {
      const outcome = await outcomeOf(section, lab);
      print(outcome);
      outcomes.push(outcome);
    }
  } finally {
    await lab.remove();
  }
  if (names.length === 0) {
    await mkdir(`${root}docs`, { recursive: true });
    await write(renderPage(machine, outcomes));
  } else if (words.includes(writeFlag)) {
    await write(updatePage(await readFile(page, 'utf8'), machine, outcomes));
  }
  return outcomes.some(({ result }) => 'failure' in result) ? 1 : 0;
}

/** Whether what these words choose makes network namespaces, containers or machines. Throws for a section that there is not. */
export function needsRoot(words: readonly string[]): boolean {
  return chosenBy(namesIn(words)).some(section => section.unprivileged !== true);
}

const namesIn = (words: readonly string[]): string[] => words.filter(word => word !== writeFlag);

function chosenBy(names: readonly string[]): readonly Section[] {
  const unknown = names.find(name => sections.every(section => section.name !== name));
  if (unknown !== undefined)
    throw new Error(
      `no section ${unknown}; there are: ${sections.map(({ name }) => name).join(' ')}`,
    );
  return names.length === 0 ? sections : sections.filter(({ name }) => names.includes(name));
}

async function write(text: string): Promise<void> {
  await writeFile(page, text);
  process.stdout.write('written: docs/benchmarks.md\n');
}

async function outcomeOf(section: Section, lab: Lab): Promise<Outcome> {
  const { title, method } = section;
  process.stderr.write(`${section.name} ...\n`);
  const start = performance.now();
  const result = await section.run(lab).then(
    rows => ({ rows }),
    (error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }),
  );
  return { title, method, seconds: (performance.now() - start) / 1000, result };
}

function print({ title, seconds, result }: Outcome): void {
  process.stdout.write(`\n${title} (${seconds.toFixed(0)} s)\n`);
  if ('failure' in result) {
    process.stdout.write(`not measured: ${result.failure}\n`);
    return;
  }
  const missed = result.rows.filter(row => verdict(row) === 'missed').length;
  process.stdout.write(`${renderTable(result.rows)}\n${missed === 0 ? '' : `${missed} missed\n`}`);
}
