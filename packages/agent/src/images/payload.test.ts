import { lstat, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layPayload, readPayload } from './payload.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isola-payload-'));
  await mkdir(join(folder, 'root/etc'), { recursive: true });
  await writeFile(join(folder, 'root/etc/a'), 'content');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const manifest = (text: string): Promise<void> => writeFile(join(folder, 'manifest'), text);

describe('a payload', () => {
  it('is laid as its manifest says, over what is there', async () => {
    await manifest('# files\n\ndir  1777 /tmp\nfile 0750 /etc/a\nlink /b etc/a\n');
    const root = join(folder, 'target');
    await mkdir(join(root, 'b'), { recursive: true });
    const payload = await readPayload(folder);
    await layPayload(root, payload);
    await layPayload(root, payload);
    expect(await readFile(join(root, 'etc/a'), 'utf8')).toBe('content');
    expect((await lstat(join(root, 'etc/a'))).mode & 0o7777).toBe(0o750);
    expect((await lstat(join(root, 'tmp'))).mode & 0o7777).toBe(0o1777);
    expect(await readlink(join(root, 'b'))).toBe('etc/a');
  });

  it('is refused when a line is not understood', async () => {
    for (const line of [
      'file 0644 etc/a',
      'file 644 /etc/a',
      'copy 0644 /etc/a',
      'dir 0755 /../x',
    ]) {
      await manifest(`${line}\n`);
      await expect(readPayload(folder)).rejects.toThrow();
    }
  });
});
