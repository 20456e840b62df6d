import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { installationId } from '../names.ts';
import { withFileLock } from '../process/file-lock.ts';
import { replaceFile } from '../process/replace-file.ts';
import { usesAppArmor } from './apparmor.ts';

/** What libvirt's profile of every virtual machine includes, and its package leaves to the administrator. */
const rulesFile = '/etc/apparmor.d/local/abstractions/libvirt-qemu';
const lockFile = '/run/isola-apparmor.lock';

/**
 * Lets virtual machines use the kernel's side of their NICs where AppArmor confines them. libvirt allows that only to those
 * which have a NIC when they start; others get an error with their first. Every installation has a line of its own.
 */
export async function allowVhost(home: string): Promise<void> {
  if (!(await usesAppArmor())) return;
  await mkdir(dirname(rulesFile), { recursive: true });
  await editRules(home, [`/dev/vhost-net rw, ${markOf(home)}`]);
}

/** Takes the installation's line out again. */
export function disallowVhost(home: string): Promise<void> {
  return editRules(home, []);
}

const markOf = (home: string): string => `# isola-${installationId(home)}`;

function editRules(home: string, lines: readonly string[]): Promise<void> {
  return withFileLock(lockFile, async () => {
    const before = await readFile(rulesFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return null;
    });
    const after = withRules(before, markOf(home), lines);
    if (after === null) await rm(rulesFile, { force: true });
    else if (after !== before) await replaceFile(rulesFile, after, 0o644);
    await rm(lockFile);
  });
}

/** libvirt's package of Debian 12 brings an empty file, that of Debian 13 none. */
const madeHere = '# This file was made by Isola.';

/**
 * The text with `lines` in the place of all that end with `mark`. `null` is a file that is not there, and one that would hold
 * nothing but what was made here.
 */
export function withRules(
  text: string | null,
  mark: string,
  lines: readonly string[],
): string | null {
  const others = (text ?? madeHere).split('\n').filter(line => !line.endsWith(mark));
  while (others.at(-1) === '') others.pop();
  const all = [...others, ...lines];
  return all.join('\n') === madeHere ? null : all.map(line => `${line}\n`).join('');
}
