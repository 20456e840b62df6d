import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImageStoreRef, ImageStores } from '@isola/agent-protocol';
import { parseImageStoreUrl } from '@isola/model';

/** Image stores in folders, touched by this process itself: for tests of the server, which may not use the agent's. */
export function folderStores(): ImageStores {
  async function rootOf(store: ImageStoreRef): Promise<string> {
    const location = parseImageStoreUrl(store.url);
    if (location?.kind !== 'local') throw new Error(`${store.url} cannot be mounted`);
    if ((await markOf(location.path)) !== store.id)
      throw new Error(`${store.url} is there, but nothing of the store is in it`);
    return location.path;
  }
  return {
    async claim(store) {
      const location = parseImageStoreUrl(store.url);
      if (location?.kind !== 'local') throw new Error(`${store.url} cannot be mounted`);
      await stat(location.path);
      const owner = await markOf(location.path);
      if (owner !== null && owner !== store.id) throw new Error(`${store.url} holds another store`);
      await writeFile(join(location.path, mark), store.id);
    },
    async release(store) {
      const root = await rootOf(store).catch(() => null);
      if (root !== null) await rm(join(root, mark));
    },
    async check(store) {
      const { blocks, bavail, bsize } = await statfs(await rootOf(store));
      return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
    },
    async write(store, path, content) {
      content.on('error', () => undefined);
      const target = join(await rootOf(store), path);
      await mkdir(dirname(target), { recursive: true });
      const part = createWriteStream(`${target}.part`);
      try {
        await pipeline(content, part);
        await rename(`${target}.part`, target);
      } catch (error) {
        // One that is still being opened would be there again afterwards.
        if (!part.closed) await new Promise<void>(closed => part.once('close', closed));
        await rm(`${target}.part`, { force: true });
        throw error;
      }
    },
    async read(store, path) {
      const file = join(await rootOf(store), path);
      const { size } = await stat(file).catch(() =>
        Promise.reject(new Error(`${path} is not there`)),
      );
      return { stream: createReadStream(file), sizeBytes: size };
    },
    async size(store, path) {
      const file = join(await rootOf(store), path);
      return stat(file).then(
        found => found.size,
        () => null,
      );
    },
    async remove(store, path) {
      await rm(join(await rootOf(store), path), { force: true });
    },
    close: () => Promise.resolve(),
  };
}

const mark = '.isola-image-store';

const markOf = (folder: string): Promise<string | null> =>
  readFile(join(folder, mark), 'utf8').catch(() => null);
