import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ImageStoreRef, ImageStores } from '@isola/agent-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../process/run.ts';
import { openImageStores } from './image-stores.ts';

describe('an image store in a local folder', () => {
  let top: string;
  let folder: string;
  let store: ImageStoreRef;
  let stores: ImageStores;
  const content = randomBytes(3_000_000);
  const path = 'template/tmpl/2/201/disk.qcow2';

  beforeEach(async () => {
    top = await mkdtemp(join(tmpdir(), 'isola-store-'));
    folder = join(top, 'secondary');
    await mkdir(folder);
    store = { id: randomUUID(), url: `file://${folder}` };
    stores = openImageStores(join(top, 'home'));
    await stores.claim(store);
  });
  afterEach(async () => {
    await stores.close();
    await rm(top, { recursive: true, force: true });
  });

  const parts = async (): Promise<readonly string[]> =>
    (await readdir(folder, { recursive: true })).filter(name => /part|probe/.test(name));

  it('keeps files', async () => {
    expect(await stores.size(store, path)).toBeNull();
    await stores.write(store, path, Readable.from([content.subarray(0, 7), content.subarray(7)]));
    expect(await stores.size(store, path)).toBe(content.length);
    const file = await stores.read(store, path);
    expect(file.sizeBytes).toBe(content.length);
    expect(content.equals(await buffer(file.stream))).toBe(true);
    await stores.remove(store, path);
    await stores.remove(store, path);
    await expect(stores.read(store, path)).rejects.toThrow(`${path} is not there`);
    expect(await parts()).toEqual([]);
  });

  it('tells its space', async () => {
    const { totalBytes, freeBytes } = await stores.check(store, { writable: true });
    expect(totalBytes).toBeGreaterThan(freeBytes);
    expect(freeBytes).toBeGreaterThan(0);
    expect(await parts()).toEqual([]);
  });

  it('is not there when its folder is gone, or another one is in its place', async () => {
    await stores.write(store, path, Readable.from([content]));
    await rename(folder, `${folder}.away`);
    await expect(stores.check(store, { writable: false })).rejects.toThrow(
      /No such file or directory/,
    );
    await expect(stores.write(store, path, Readable.from([content]))).rejects.toThrow();
    await mkdir(folder);
    await expect(stores.check(store, { writable: false })).rejects.toThrow(/nothing of the store/);
    await expect(stores.write(store, path, Readable.from([content]))).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
    await rename(`${folder}.away`, folder);
    await stores.check(store, { writable: true });
    expect(await stores.size(store, path)).toBe(content.length);
  });

  it('belongs to one store', async () => {
    const other = { ...store, id: randomUUID() };
    await expect(stores.claim(other)).rejects.toThrow(/holds an image store of this or another/);
    await stores.claim(store);
    await stores.release(store);
    await stores.claim(other);
    await expect(stores.check(store, { writable: false })).rejects.toThrow(/another image store/);
  });

  it('keeps the file of before when a new one does not arrive', async () => {
    await stores.write(store, path, Readable.from([content]));
    const broken = Readable.from(
      (function* () {
        yield randomBytes(100_000);
        throw new Error('the sender is gone');
      })(),
    );
    await expect(stores.write(store, path, broken)).rejects.toThrow('the sender is gone');
    expect(content.equals(await readFile(join(folder, path)))).toBe(true);
    expect(await parts()).toEqual([]);
  });

  it.each(['../x', '/etc/passwd', 'a/../b', '-x', 'a//b', '.hidden', ''])(
    'has no file named %j',
    async name => {
      await expect(stores.read(store, name)).rejects.toThrow(/is no path in an image store/);
    },
  );

  it('stops reading when nobody wants it any more', async () => {
    await stores.write(store, path, Readable.from([content]));
    const { stream } = await stores.read(store, path);
    stream.destroy();
    await expect.poll(() => stream.closed).toBe(true);
  });

  describe.runIf(process.getuid?.() === 0)('on a small file system', () => {
    const small = (): string => join(top, 'small');
    beforeEach(async () => {
      await mkdir(small());
      await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small()]);
      store = { id: randomUUID(), url: `file://${small()}` };
      await stores.claim(store);
    });
    afterEach(async () => {
      await run('umount', [small()]);
    });

    it('says that it is full, and keeps nothing half-made', async () => {
      const endless = Readable.from(
        (function* () {
          for (;;) yield content;
        })(),
      );
      await expect(stores.write(store, path, endless)).rejects.toThrow(/No space left on device/);
      expect(await stores.size(store, path)).toBeNull();
      const { freeBytes } = await stores.check(store, { writable: true });
      expect(freeBytes).toBeGreaterThan(900_000);
    });

    it('says that it takes no files', async () => {
      await run('mount', ['-o', 'remount,ro', small()]);
      await stores.check(store, { writable: false });
      await expect(stores.check(store, { writable: true })).rejects.toThrow(/Read-only/);
    });
  });
});

describe('an image store of a file server', () => {
  it('that does not answer gives an error, not a wait', async () => {
    const top = await mkdtemp(join(tmpdir(), 'isola-store-'));
    const stores = openImageStores(top);
    try {
      // A port of loopback where nothing listens refuses at once.
      const store = { id: randomUUID(), url: 'nfs://127.0.0.1/exports' };
      await expect(stores.check(store, { writable: true })).rejects.toThrow(
        /nfs:\/\/127.0.0.1\/exports cannot be mounted/,
      );
      await stores.close();
      expect(await readdir(top)).toEqual([]);
    } finally {
      await stores.close();
      await rm(top, { recursive: true, force: true });
    }
  });
});
