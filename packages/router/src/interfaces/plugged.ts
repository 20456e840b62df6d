import { readFile } from 'node:fs/promises';

/** Names of the network interfaces that are there, up or not. Cheap enough to be asked often. */
export async function pluggedNics(): Promise<ReadonlySet<string>> {
  const text = await readFile('/proc/net/dev', 'utf8');
  const names = [...text.matchAll(/^\s*([^\s:]+):/gm)].flatMap(([, name]) => name ?? []);
  return new Set(names);
}
