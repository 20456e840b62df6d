import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { idBase, idCount } from '../hypervisors/lxc/id-map.ts';
import { claim, unclaim } from './claims.ts';

/** `newuidmap`, where it is installed, maps only what these files grant. */
const grants = ['/etc/subuid', '/etc/subgid'];
const grantLine = `root:${idBase}:${idCount}`;

/**
 * Grants root the containers' ids where `newuidmap` is there to refuse them. All installations share the lines. The
 * files outlive a reboot and claims do not, so every home remembers the lines that an installation added.
 */
export async function grantIds(home: string): Promise<void> {
  const added = await claim('ids', home, async () => ({
    ...(await readAdded(home)),
    ...(await addLines()),
  }));
  if (Object.keys(added).length > 0) await writeAdded(home, added);
}

/** Takes added lines out again, unless another installation needs them. */
export async function revokeIds(home: string): Promise<void> {
  const remembered = await readAdded(home);
  await unclaim('ids', home, before => removeLines({ ...before, ...remembered }));
  await rm(recordOf(home), { force: true });
}

const addedSchema = z.object({ idLines: z.record(z.string(), z.string()) });

const recordOf = (home: string): string => join(home, 'host-changes.json');

async function readAdded(home: string): Promise<Record<string, string>> {
  const text = await readFile(recordOf(home), 'utf8').catch(() => '{"idLines":{}}');
  return addedSchema.parse(JSON.parse(text)).idLines;
}

async function writeAdded(home: string, idLines: Record<string, string>): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(`${recordOf(home)}.new`, `${JSON.stringify({ idLines }, null, 2)}\n`);
  await rename(`${recordOf(home)}.new`, recordOf(home));
}

/** Gives the lines added, by file. */
async function addLines(): Promise<Record<string, string>> {
  const checked = await access('/usr/bin/newuidmap').then(
    () => true,
    () => false,
  );
  if (!checked) return {};
  const added: Record<string, string> = {};
  for (const path of grants) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text.split('\n').includes(grantLine)) continue;
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    await writeFile(path, `${text}${separator}${grantLine}\n`);
    added[path] = grantLine;
  }
  return added;
}

async function removeLines(added: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, line] of Object.entries(added)) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) continue;
    const others = text.split('\n').filter(other => other !== line);
    await writeFile(path, others.join('\n'));
  }
}
