import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../process/run.ts';
import { makeFileSystem } from './file-system.ts';

const uuid = '11111111-2222-5333-8444-555555555555';
let top: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'isola-fs-'));
});
afterEach(() => rm(top, { recursive: true, force: true }));

/** A tree whose files are made in that order, and the checksum of a file system of it. */
async function checksumOf(name: string, order: readonly string[]): Promise<string> {
  const root = join(top, name);
  await mkdir(join(root, 'folder'), { recursive: true });
  for (const file of order) await writeFile(join(root, 'folder', file), file.repeat(3000));
  await chmod(join(root, 'folder', 'b "quoted" name'), 0o4751);
  await symlink('../folder/a', join(root, 'folder', 'link'));
  const path = join(top, `${name}.img`);
  const sizeBytes = 8 * 1_048_576;
  await makeFileSystem({
    path,
    type: 'ext4',
    journal: false,
    sizeBytes,
    label: 'test',
    uuid,
    root,
    epoch: 1_700_000_000,
  });
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

describe('a file system of a folder', () => {
  it('is the same whenever and in whatever order the folder was filled', async () => {
    const names = ['a', 'b "quoted" name', 'c'];
    const first = await checksumOf('first', names);
    expect(await checksumOf('second', names.toReversed())).toBe(first);
  });

  it('has the files with their modes, and is in order', async () => {
    await checksumOf('one', ['a', 'b "quoted" name', 'c']);
    const path = join(top, 'one.img');
    await run('e2fsck', ['-fn', path]);
    const listed = await run('debugfs', ['-R', 'ls -l /folder', path]);
    expect(listed).toMatch(/104751 .* b "quoted" name/);
    await run('debugfs', ['-R', `dump /folder/c ${join(top, 'c')}`, path]);
    expect(await readFile(join(top, 'c'), 'utf8')).toBe('c'.repeat(3000));
  });
});
