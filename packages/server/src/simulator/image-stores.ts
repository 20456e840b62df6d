import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ImageStoreRef, ImageStores } from '@isola/agent-protocol';

const totalBytes = 2 ** 44;

/** Image stores in memory, whatever their URL: nothing is mounted, and no folder of the machine is touched. Every store is there. */
export function simulatedImageStores(): ImageStores {
  const files = new Map<string, Buffer>();
  const key = (store: ImageStoreRef, path: string): string => `${store.id} ${path}`;
  const used = (store: ImageStoreRef): number =>
    [...files]
      .filter(([name]) => name.startsWith(`${store.id} `))
      .reduce((sum, [, content]) => sum + content.length, 0);
  return {
    claim: () => Promise.resolve(),
    release: () => Promise.resolve(),
    check: store => Promise.resolve({ totalBytes, freeBytes: totalBytes - used(store) }),
    async write(store, path, content) {
      files.set(key(store, path), await buffer(content));
    },
    async read(store, path) {
      const content = files.get(key(store, path));
      if (content === undefined) throw new Error(`${path} is not there`);
      return { stream: Readable.from([content]), sizeBytes: content.length };
    },
    size: (store, path) => Promise.resolve(files.get(key(store, path))?.length ?? null),
    remove(store, path) {
      files.delete(key(store, path));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
