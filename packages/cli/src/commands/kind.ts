import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installation } from '@isola/model';
import { CliError } from '../cli-error.ts';

/** What a home is of: of a simulator, or of real networks; `null` before anything was started there. */
export async function kindOfHome(home: string): Promise<'simulator' | 'real' | null> {
  const text = await readFile(join(home, 'run/settings.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const settings: unknown = JSON.parse(text);
  const simulator =
    typeof settings === 'object' && settings !== null && 'simulator' in settings
      ? settings.simulator
      : null;
  return simulator === null ? 'real' : 'simulator';
}

/** Throws a `CliError` for a home that is of the other kind: what one leaves there the other would take for its own. */
export async function insistOnOneKind({ home, simulator }: Installation): Promise<void> {
  const kind = await kindOfHome(home);
  if (kind === null || (kind === 'simulator') === (simulator !== null)) return;
  throw new CliError(
    `${home} is the home of ${kind === 'real' ? 'real networks' : 'a simulator'}`,
    'Choose another ISOLA_HOME.',
  );
}
