import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';

const installed = '/usr/lib/postgresql';

/** The newest of these major versions, or `null`. */
export function newestMajor(names: readonly string[]): string | null {
  const majors = names.filter(name => /^\d+$/.test(name)).map(Number);
  return majors.length === 0 ? null : String(Math.max(...majors));
}

/** Whether there is a PostgreSQL server to run. */
export async function hasPostgres(): Promise<boolean> {
  return newestMajor(await readdir(installed).catch((): string[] => [])) !== null;
}

/**
 * Folder of PostgreSQL's programs for a data folder: those of the version that made it, else the newest.
 * Throws a `CliError` when that version is not installed.
 */
export async function binariesFor(data: string): Promise<string> {
  const majors = await readdir(installed).catch((): string[] => []);
  const made = await readFile(join(data, 'PG_VERSION'), 'utf8').then(
    text => text.trim(),
    () => null,
  );
  if (made !== null && !majors.includes(made)) {
    throw new CliError(
      `${data} belongs to PostgreSQL ${made}, which is not installed`,
      `Run \`apt-get install postgresql-${made}\`.`,
    );
  }
  const major = made ?? newestMajor(majors);
  if (major === null) throw new CliError('PostgreSQL is not installed', 'Run `npm run up`.');
  return join(installed, major, 'bin');
}
