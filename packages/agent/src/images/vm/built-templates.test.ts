import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtTemplates, hasTemplate } from './built-templates.ts';
import { templateVersion } from './template.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isola-import-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function built(name: string, version: string, at: number): Promise<void> {
  const manifest = {
    path: `${name}-${version}.qcow2`,
    checksum: String(at).repeat(64).slice(0, 64),
    format: 'QCOW2',
    osType: 'Debian GNU/Linux 13 (64-bit)',
    version,
    packages: [],
  };
  const path = join(folder, `${name}-${version}.manifest.json`);
  await writeFile(path, JSON.stringify(manifest));
  await utimes(path, at, at);
}

test('of each name the template that was built last is the one', async () => {
  await writeFile(join(folder, 'something-else.qcow2'), '');
  expect(await builtTemplates(folder)).toEqual([]);
  await built('systemvm', '0.2.0', 2);
  await built('systemvm', '0.1.0', 1);
  await built('isola-tiny', '0.1.0', 1);
  const found = await builtTemplates(folder);
  expect(found.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
    { name: 'isola-tiny', path: join(folder, 'isola-tiny-0.1.0.qcow2'), version: '0.1.0' },
    { name: 'systemvm', path: join(folder, 'systemvm-0.2.0.qcow2'), version: '0.2.0' },
  ]);
  expect(found.find(one => one.name === 'systemvm')?.checksum).toBe('2'.repeat(64));
});

test('a manifest that names a file elsewhere is refused', async () => {
  await writeFile(
    join(folder, 'systemvm-1.manifest.json'),
    JSON.stringify({
      path: '../x',
      checksum: 'a'.repeat(64),
      format: 'RAW',
      osType: '',
      version: '1',
    }),
  );
  await expect(builtTemplates(folder)).rejects.toThrow();
});

test('a folder has a template when its file of this version is there, too', async () => {
  const version = await templateVersion();
  await built('systemvm', '0.0.1', 1);
  expect(await hasTemplate(folder, 'systemvm')).toBe(false);
  await built('systemvm', version, 2);
  expect(await hasTemplate(folder, 'systemvm')).toBe(false);
  await writeFile(join(folder, `systemvm-${version}.qcow2`), '');
  expect(await hasTemplate(folder, 'systemvm')).toBe(true);
});
