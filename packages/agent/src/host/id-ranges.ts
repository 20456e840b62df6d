import { access, readFile, writeFile } from 'node:fs/promises';
import { idBase, idCount } from '../hypervisors/lxc/id-map.ts';

/** `newuidmap`, where it is installed, maps only what these files grant. */
const grants = ['/etc/subuid', '/etc/subgid'];
const grantLine = `root:${idBase}:${idCount}`;

/** Grants root the containers' ids where `newuidmap` is there to refuse them. Gives the lines added, by file. */
export async function grantIds(): Promise<Record<string, string>> {
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

/** Takes added lines out again. */
export async function revokeIds(added: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, line] of Object.entries(added)) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) continue;
    await writeFile(
      path,
      text
        .split('\n')
        .filter(other => other !== line)
        .join('\n'),
    );
  }
}
