import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markUser, pruneImages, releaseImages } from './users.ts';

describe('a folder of images', () => {
  let top: string;
  let folder: string;

  beforeEach(async () => {
    top = await mkdtemp(join(tmpdir(), 'isola-images-'));
    folder = join(top, 'images');
    for (const name of [old, current, guest])
      await mkdir(join(folder, name, 'rootfs'), { recursive: true });
  });

  afterEach(() => rm(top, { recursive: true, force: true }));

  const old = 'router-0123456789ab';
  const current = 'router-ba9876543210';
  const guest = 'isola-tiny-00000000000a';

  const home = async (name: string): Promise<string> => {
    await mkdir(join(top, name), { recursive: true });
    return join(top, name);
  };
  const images = async (): Promise<readonly string[]> =>
    (await readdir(folder)).filter(name => /^(router|isola)-/.test(name)).toSorted();

  it('keeps what an installation chose and what a container stands on', async () => {
    const [a, b] = [await home('a'), await home('b')];
    await markUser(folder, { home: a, images: [current] });
    await markUser(folder, { home: b, images: [current] });
    await mkdir(join(b, 'containers/x'), { recursive: true });
    const config = `lxc.rootfs.path = overlay:${join(folder, old, 'rootfs')}:${b}/containers/x/delta\n`;
    await writeFile(join(b, 'containers/x/config'), config);
    await pruneImages(folder);
    expect(await images()).toEqual([old, current]);
    await rm(join(b, 'containers'), { recursive: true });
    await pruneImages(folder);
    expect(await images()).toEqual([current]);
  });

  it('forgets an installation whose home is gone', async () => {
    const [a, b] = [await home('a'), await home('b')];
    await markUser(folder, { home: a, images: [old] });
    await markUser(folder, { home: b, images: [current] });
    await rm(a, { recursive: true });
    await pruneImages(folder);
    expect(await images()).toEqual([current]);
  });

  it('goes with its last user, but for what is not an image', async () => {
    const [a, b] = [await home('a'), await home('b')];
    await markUser(folder, { home: a, images: [current] });
    await markUser(folder, { home: b, images: [current] });
    await releaseImages(a, folder);
    expect(await images()).toHaveLength(3);
    await writeFile(join(folder, 'notes.txt'), '');
    await releaseImages(b, folder);
    expect(await readdir(folder)).toEqual(['notes.txt']);
    await rm(join(folder, 'notes.txt'));
    await releaseImages(b, folder);
    await expect(access(folder)).rejects.toThrow('ENOENT');
  });
});
