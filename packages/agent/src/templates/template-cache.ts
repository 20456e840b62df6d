import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { TemplateRef, TemplateSpec } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { Serial } from '../process/serial.ts';
import { messageOf } from '../process/teardown.ts';
import {
  checksumOf,
  diskOf,
  isUntouched,
  readCopy,
  recordCopy,
  type TemplateCopy,
} from './copy.ts';
import { receiveFile } from './receive-file.ts';
import type { TemplateSource } from './source.ts';

/** Milliseconds that the source of a template may be silent before its copying fails. */
const silenceLimit = 60_000;

export interface TemplateCacheOptions {
  readonly home: string;
  readonly source: TemplateSource;
  /** Whether a disk on this host stands on the template of that checksum. */
  readonly isUsed: (checksum: string) => Promise<boolean>;
  /** Milliseconds; another one than the usual is for tests. */
  readonly silenceMs?: number;
}

/**
 * A host's copies of templates: `templates/<checksum>/disk` of its home. A copy gets its name when it is complete and
 * verified, and is verified again when its file has changed since.
 */
export class TemplateCache {
  readonly #options: TemplateCacheOptions;
  readonly #folder: string;
  readonly #serial = new Serial();
  readonly #fetching = new Map<string, Promise<void>>();

  private constructor(options: TemplateCacheOptions) {
    this.#options = options;
    this.#folder = join(options.home, 'templates');
  }

  /** Opens the cache of a home and removes what interrupted copying left. One agent of a home at a time. */
  static async open(options: TemplateCacheOptions): Promise<TemplateCache> {
    const cache = new TemplateCache(options);
    // Passable for the users of hypervisors but closed to listing: who knows a checksum knows the file.
    await mkdir(cache.#folder, { recursive: true, mode: 0o711 });
    for (const name of await readdir(cache.#folder)) await removeRemains(join(cache.#folder, name));
    return cache;
  }

  /** Where the file of a template is, or would be. */
  pathOf(checksum: string): string {
    return diskOf(this.#folderOf(checksum));
  }

  /** Fetches and verifies the template unless the host has it. Calls for the same one share a download. */
  ensure(template: TemplateSpec): Promise<void> {
    const { checksum } = template;
    const running = this.#fetching.get(checksum);
    if (running !== undefined) return running;
    const fetching = this.#serial
      .run(checksum, () => this.#ensure(template))
      .finally(() => this.#fetching.delete(checksum));
    this.#fetching.set(checksum, fetching);
    return fetching;
  }

  /**
   * The verified copy that a disk may be made on. A file that was touched is verified again.
   * Throws `template_unavailable` when there is none or it has changed; `ensure` fetches it anew.
   */
  verified(template: TemplateRef): Promise<TemplateCopy & { readonly path: string }> {
    return this.#serial.run(template.checksum, async () => {
      const copy = await this.#verifiedCopy(template.checksum);
      if (copy === null) throw unavailable(template.name, 'there is no verified copy');
      return { ...copy, path: this.pathOf(template.checksum) };
    });
  }

  /** Checksums of the copies whose files are as they were verified. */
  async list(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const name of await readdir(this.#folder)) {
      const folder = join(this.#folder, name);
      const copy = await readCopy(folder);
      if (copy?.checksum === name && (await isUntouched(folder, copy))) found.push(name);
    }
    return found;
  }

  /** Succeeds when there is no copy. Throws `in_use` while a disk stands on it. */
  remove(checksum: string): Promise<void> {
    return this.#serial.run(checksum, async () => {
      const folder = this.#folderOf(checksum);
      if (await this.#options.isUsed(checksum)) {
        const copy = await readCopy(folder);
        throw new IsolaError('in_use', {
          reason: `Disks on host ${hostname()} stand on template ${copy?.name ?? checksum}`,
        });
      }
      await rm(folder, { recursive: true, force: true });
    });
  }

  async #ensure(template: TemplateSpec): Promise<void> {
    if ((await this.#verifiedCopy(template.checksum)) !== null) return;
    const { format } = template;
    if (format === 'ROOTFS')
      throw unavailable(template.name, 'it is a tree of another host and cannot be copied');
    try {
      await this.#fetch({ ...template, format });
    } catch (error) {
      if (error instanceof IsolaError) throw error;
      throw unavailable(template.name, messageOf(error), error);
    }
  }

  async #fetch(template: TemplateSpec & Pick<TemplateCopy, 'format'>): Promise<void> {
    const { name, checksum, format, sizeBytes } = template;
    const folder = this.#folderOf(checksum);
    const beside = diskOf(folder) + partial;
    await this.#requireSpace(sizeBytes);
    const silenceMs = this.#options.silenceMs ?? silenceLimit;
    try {
      await mkdir(folder, { recursive: true, mode: 0o711 });
      const stream = await this.#options.source.open(template.id);
      await receiveFile(stream, beside, { checksum, sizeBytes, silenceMs });
      // Disks may stand on a damaged copy that is replaced: the file's place is never empty.
      await rename(beside, diskOf(folder));
      await recordCopy(folder, { name, checksum, format, sizeBytes });
    } catch (error) {
      await removeRemains(folder);
      throw error;
    }
  }

  /** The copy, verified now if its file is not as it was when it was verified last. */
  async #verifiedCopy(checksum: string): Promise<TemplateCopy | null> {
    const folder = this.#folderOf(checksum);
    const copy = await readCopy(folder);
    if (copy === null || copy.checksum !== checksum) return null;
    if (await isUntouched(folder, copy)) return copy;
    const actual = await checksumOf(diskOf(folder)).catch(() => null);
    if (actual !== checksum) return null;
    await recordCopy(folder, copy);
    return copy;
  }

  async #requireSpace(needed: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < needed)
      throw new Error(
        `${this.#folder} on host ${hostname()} has ${bavail * bsize} bytes free, and it needs ${needed}`,
      );
  }

  #folderOf(checksum: string): string {
    if (!/^[0-9a-f]{64}$/.test(checksum)) throw new Error('a checksum has 64 hexadecimal digits');
    return join(this.#folder, checksum);
  }
}

const partial = '.partial';

/** The management server puts the store's name in: a host does not know it. */
function unavailable(template: string, reason: string, cause?: unknown): IsolaError {
  const details = { template, store: `(copy on host ${hostname()})`, reason };
  return new IsolaError('template_unavailable', details, cause);
}

/** Removes what was not completed: a part of a file, and a file that was never recorded as verified. */
async function removeRemains(folder: string): Promise<void> {
  if ((await readCopy(folder)) === null) await rm(folder, { recursive: true, force: true });
  else await rm(diskOf(folder) + partial, { force: true });
}
