import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { ImageStoreRef, ImageStores } from '@isola/agent-protocol';
import { ask, readThrough, writeThrough } from './commands.ts';
import { StoreMounts } from './mounts.ts';

/** The file that says which store a folder is. */
const mark = '.isola-image-store';

/** Access to image stores from this machine; what it mounts is below `image-stores` of the home. */
export function openImageStores(home: string): ImageStores {
  const mounts = new StoreMounts(home);

  async function put(root: string, path: string, content: Readable): Promise<void> {
    const target = join(root, path);
    const beside = `${target}.${randomUUID()}.part`;
    try {
      await ask('mkdir', ['--parents', '--', dirname(target)]);
      await writeThrough(content, beside);
      await ask('mv', ['--no-target-directory', '--', beside, target]);
      await ask('sync', ['--', dirname(target)]);
    } catch (error) {
      content.destroy();
      await ask('rm', ['--force', '--', beside]).catch(() => undefined);
      throw error;
    }
  }

  /** The folder of a store that is known to be ours. */
  async function ownRoot(store: ImageStoreRef): Promise<string> {
    const root = await mounts.rootOf(store);
    const owner = await ownerOf(root);
    if (owner === null) throw new Error(`${store.url} is there, but nothing of the store is in it`);
    if (owner !== store.id) throw new Error(`${store.url} holds another image store`);
    return root;
  }

  return {
    async claim(store) {
      const root = await mounts.rootOf(store);
      const owner = await ownerOf(root);
      if (owner !== null && owner !== store.id)
        throw new Error(`${store.url} holds an image store of this or another installation`);
      await put(root, mark, Readable.from([Buffer.from(`${store.id}\n`)]));
    },
    async release(store) {
      const root = await mounts.rootOf(store).catch(() => null);
      if (root !== null && (await ownerOf(root).catch(() => null)) === store.id)
        await ask('rm', ['--force', '--', join(root, mark)]);
      await mounts.release(store);
    },
    async check(store, { writable }) {
      const root = await ownRoot(store);
      if (writable) {
        const probe = `.isola-probe-${randomUUID()}`;
        await put(root, probe, Readable.from([Buffer.from('probe\n')]));
        await ask('rm', ['--force', '--', join(root, probe)]);
      }
      const [size, available] = (
        await ask('df', ['--output=size,avail', '--block-size=1', '--', root])
      )
        .trim()
        .split('\n')
        .slice(1)
        .flatMap(line => line.trim().split(/\s+/).map(Number));
      return { totalBytes: size ?? 0, freeBytes: available ?? 0 };
    },
    write: async (store, path, content) => {
      content.on('error', () => undefined);
      await put(await ownRoot(store), inside(path), content);
    },
    async read(store, path) {
      const file = join(await ownRoot(store), inside(path));
      const sizeBytes = await sizeOf(file);
      if (sizeBytes === null) throw new Error(`${path} is not there`);
      return { stream: readThrough(file), sizeBytes };
    },
    async size(store, path) {
      return sizeOf(join(await ownRoot(store), inside(path)));
    },
    async remove(store, path) {
      await ask('rm', ['--force', '--', join(await ownRoot(store), inside(path))]);
    },
    close: () => mounts.releaseAll(),
  };
}

/** The id of the store that a folder holds; `null` when the folder is there without one. */
async function ownerOf(root: string): Promise<string | null> {
  const names = (await ask('ls', ['-A', '--', root])).split('\n');
  return names.includes(mark) ? (await ask('cat', ['--', join(root, mark)])).trim() : null;
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return Number(await ask('stat', ['--format=%s', '--', path]));
  } catch (error) {
    if (error instanceof Error && error.message.endsWith('No such file or directory')) return null;
    throw error;
  }
}

function inside(path: string): string {
  if (!/^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/)*[A-Za-z0-9][A-Za-z0-9._-]*$/.test(path))
    throw new Error(`${path} is no path in an image store`);
  return path;
}
