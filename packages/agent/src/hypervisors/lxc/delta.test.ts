import { chown, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeDelta } from './delta.ts';
import { idBase } from './id-map.ts';

const file = { path: 'etc/deep/name', content: 'new', mode: 0o640 };
let folder = '';
let delta = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isola-delta-'));
  delta = join(folder, 'delta');
  await mkdir(delta);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeDelta', () => {
  it('writes as the container’s root', async () => {
    await writeDelta(delta, [file]);
    const info = await lstat(join(delta, file.path));
    expect([info.uid, info.gid, info.mode & 0o777]).toEqual([idBase, idBase, 0o640]);
    expect((await lstat(join(delta, 'etc'))).uid).toBe(idBase);
  });

  it('replaces what is there, keeping the folders', async () => {
    await mkdir(join(delta, 'etc'));
    await chown(join(delta, 'etc'), idBase, idBase);
    await writeFile(join(delta, 'etc/other'), 'kept');
    await writeDelta(delta, [file]);
    await writeDelta(delta, [{ ...file, content: 'newer' }]);
    expect(await readFile(join(delta, file.path), 'utf8')).toBe('newer');
    expect(await readFile(join(delta, 'etc/other'), 'utf8')).toBe('kept');
  });

  it('does not follow a link that a tenant left, as folder or as file', async () => {
    const outside = join(folder, 'outside');
    await mkdir(join(outside, 'deep'), { recursive: true });
    await writeFile(join(outside, 'deep/name'), 'host');
    await symlink(outside, join(delta, 'etc'));
    await writeDelta(delta, [file]);
    expect(await readFile(join(outside, 'deep/name'), 'utf8')).toBe('host');

    await rm(join(delta, file.path));
    await symlink(join(outside, 'deep/name'), join(delta, file.path));
    await writeDelta(delta, [file]);
    expect(await readFile(join(outside, 'deep/name'), 'utf8')).toBe('host');
    expect(await readFile(join(delta, file.path), 'utf8')).toBe('new');
  });

  it('refuses paths that leave the layer', async () => {
    for (const path of ['../x', '/etc/x', 'a//b', 'a/./b', ''])
      await expect(writeDelta(delta, [{ ...file, path }])).rejects.toThrow();
  });
});
