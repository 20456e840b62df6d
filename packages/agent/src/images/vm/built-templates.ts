import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { templateVersion } from './template.ts';

/** What lies beside a template of ours, as far as it matters to those who use it. */
const manifestSchema = z.object({
  /** Name of the file: `systemvm-0.1.0.qcow2`. */
  path: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
  format: z.enum(['QCOW2', 'RAW']),
  osType: z.string(),
  version: z.string(),
});

/** A template of ours in a folder. */
export interface FoundTemplate extends z.infer<typeof manifestSchema> {
  /** `systemvm` */
  readonly name: string;
}

const suffix = '.manifest.json';

/** The templates of ours that were built into a folder, of each name the one that was built last. Their paths are whole. */
export async function builtTemplates(folder: string): Promise<readonly FoundTemplate[]> {
  const newest = new Map<string, { readonly built: number; readonly found: FoundTemplate }>();
  const names = await readdir(folder).catch(() => []);
  for (const file of names.filter(one => one.endsWith(suffix))) {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
    const name = file.slice(0, -`-${manifest.version}${suffix}`.length);
    const { mtimeMs: built } = await stat(join(folder, file));
    if (built < (newest.get(name)?.built ?? 0)) continue;
    newest.set(name, { built, found: { ...manifest, name, path: join(folder, manifest.path) } });
  }
  return [...newest.values()].map(one => one.found);
}

/** Whether the folder has a template of that name that this program would build again. */
export async function hasTemplate(folder: string, name: string): Promise<boolean> {
  const version = await templateVersion();
  const found = (await builtTemplates(folder)).find(one => one.name === name);
  if (found === undefined || found.version !== version) return false;
  return access(found.path).then(
    () => true,
    () => false,
  );
}
