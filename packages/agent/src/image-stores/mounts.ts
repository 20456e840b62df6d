import { mkdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageStoreRef } from '@isola/agent-protocol';
import { parseImageStoreUrl } from '@isola/model';
import { run } from '../process/run.ts';
import { Serial } from '../process/serial.ts';
import { messageOf } from '../process/teardown.ts';

/** Milliseconds that mounting may take. */
const mountLimit = 30_000;

/**
 * `soft`: a dead server gives errors instead of processes that hang for ever; after 2 times 10 seconds. What lies in a
 * store is data: nothing of it runs, gives rights or is a device. We lock nothing.
 */
const nfsOptions = 'soft,timeo=100,retrans=1,retry=0,nolock,nosuid,nodev,noexec,noatime';

/** Where the files of image stores are on this machine. NFS stores are mounted below the home when they are first used. */
export class StoreMounts {
  readonly #folder: string;
  readonly #serial = new Serial();

  constructor(home: string) {
    this.#folder = join(home, 'image-stores');
  }

  /** The store's folder, mounted. */
  rootOf(store: ImageStoreRef): Promise<string> {
    const location = parseImageStoreUrl(store.url);
    if (location === null) throw new Error(`${store.url} is no URL of an image store`);
    if (location.kind === 'local') return Promise.resolve(location.path);
    const point = join(this.#folder, store.id);
    return this.#serial.run(store.id, async () => {
      if (await isMounted(point)) return point;
      await mkdir(point, { recursive: true });
      const source = `${location.server}:${location.path}`;
      try {
        await run('mount', ['-t', 'nfs', '-o', nfsOptions, source, point], {
          timeoutMs: mountLimit,
        });
      } catch (error) {
        await rmdir(point).catch(() => undefined);
        const hint =
          error instanceof Error && error.message.includes('mount.<type>')
            ? '; the package nfs-common is needed'
            : '';
        throw new Error(`${store.url} cannot be mounted: ${messageOf(error)}${hint}`, {
          cause: error,
        });
      }
      return point;
    });
  }

  /** Unmounts a store. Succeeds when it is not mounted, and when its server is dead. */
  release(store: Pick<ImageStoreRef, 'id'>): Promise<void> {
    const point = join(this.#folder, store.id);
    return this.#serial.run(store.id, async () => {
      // Lazily: a dead server must not keep the mount.
      if (await isMounted(point)) await run('umount', ['--lazy', point], { timeoutMs: mountLimit });
      await rmdir(point).catch(() => undefined);
    });
  }

  /** Unmounts all. Their folder goes with the last: it is never removed with what may be mounted in it. */
  async releaseAll(): Promise<void> {
    for (const point of await mountPoints())
      if (point.startsWith(`${this.#folder}/`))
        await this.release({ id: point.slice(this.#folder.length + 1) });
    await rmdir(this.#folder).catch(() => undefined);
  }
}

/** Read from the kernel's list: to look at the mount itself may hang. */
async function isMounted(point: string): Promise<boolean> {
  return (await mountPoints()).includes(point);
}

async function mountPoints(): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  return table.split('\n').flatMap(line => line.split(' ')[4] ?? []);
}
