import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../process/teardown.ts';

/** One thing that a host must have; `fix` says what to do when it does not. */
export interface HostCheck {
  readonly name: string;
  readonly ok: boolean;
  /** Isola works without it, but not as well. */
  readonly advisory: boolean;
  readonly detail: string;
  readonly fix: string;
}

/** Looks at one thing: what `look` gives is the detail, and what it throws says what is wrong. */
export async function check(
  name: string,
  fix: string,
  look: () => string | Promise<string>,
): Promise<HostCheck> {
  const advisory = false;
  try {
    return { name, ok: true, advisory, detail: await look(), fix: '' };
  } catch (error) {
    return { name, ok: false, advisory, detail: messageOf(error), fix };
  }
}

/** Checks that a program is there; `debianPackage` has it. */
export function checkProgram(program: string, debianPackage: string): Promise<HostCheck> {
  return check(`program ${program}`, `apt-get install ${debianPackage}`, () =>
    findProgram(program),
  );
}

async function findProgram(program: string): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const path = join(folder, program);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error('not found');
}
