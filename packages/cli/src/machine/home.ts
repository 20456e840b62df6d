import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';

/** The file that says a folder is a home of Isola. */
const marker = '.isola-home';

/** The operator's own; it may be there before Isola is, and stays. */
const operatorFiles: readonly string[] = ['isola.toml'];

/** What may be there before Isola is: templates that were built elsewhere lie in the folder of imports. */
const broughtAlong: readonly string[] = [...operatorFiles, 'import'];

/** Everything that Isola makes in its home. */
const ownEntries: readonly string[] = [
  marker,
  'admin.json',
  'containers',
  'host-changes.json',
  'images.json',
  'import',
  'installed-packages',
  'log',
  'machines',
  'neighbours.json',
  'pki',
  'postgres',
  'postgres.new',
  'run',
  'secondary',
  'secret-key',
  'ssh',
  'templates',
];

/** The lock that a running `isola up` holds. */
export function upLock(home: string): string {
  return join(home, 'run/up.pid');
}

export type HomeState = 'absent' | 'ours' | 'usable' | 'foreign';

/** What a folder with these entries (`null`: there is none) is to Isola. */
export function homeState(entries: readonly string[] | null): HomeState {
  if (entries === null) return 'absent';
  if (entries.includes(marker)) return 'ours';
  return entries.every(name => broughtAlong.includes(name)) ? 'usable' : 'foreign';
}

/** Makes the home, or takes it over. Throws a `CliError` for a folder that holds somebody else's things. */
export async function prepareHome(home: string): Promise<void> {
  if (homeState(await entriesOf(home)) === 'foreign') {
    throw new CliError(
      `${home} holds files that are not Isola's`,
      'Choose an empty or new folder as ISOLA_HOME.',
    );
  }
  // Others may pass through, not look around: PostgreSQL and the containers run as users of their own.
  await mkdir(home, { recursive: true, mode: 0o711 });
  for (const folder of ['run', 'log']) {
    await mkdir(join(home, folder), { recursive: true, mode: 0o755 });
  }
  await writeFile(join(home, marker), 'This folder belongs to Isola. See `isola down --purge`.\n');
}

/** Whether Isola made this home. */
export async function isHome(home: string): Promise<boolean> {
  return homeState(await entriesOf(home)) === 'ours';
}

/** Removes everything Isola made in its home, and the home when nothing else is left. Gives what it kept. */
export async function removeHome(home: string): Promise<readonly string[]> {
  // The marker goes last: what was interrupted can be repeated.
  for (const name of ownEntries.toReversed()) {
    await rm(join(home, name), { recursive: true, force: true });
  }
  const kept = (await entriesOf(home)) ?? [];
  if (kept.length === 0) await rmdir(home).catch(() => undefined);
  return kept;
}

async function entriesOf(home: string): Promise<readonly string[] | null> {
  try {
    return await readdir(home);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
