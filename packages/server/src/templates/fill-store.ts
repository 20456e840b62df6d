import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { sitesOf } from '../features/setting/text-registry.ts';
import { setting, textSetting } from '../features/setting/value.ts';
import type { TemplateRow } from '../store/schema.ts';
import { parseChecksum } from './checksum.ts';
import { pathOf, type StoreCopy } from './copies.ts';
import { type Download, download } from './download.ts';
import { checkHead, type FileFormat, headBytes } from './image-format.ts';
import type { TemplateWork } from './work.ts';

/** What is wrong with a template itself or where it comes from: it is not tried again by itself, as a store is. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

export interface Filled {
  /** SHA-256 in hex. */
  readonly checksum: string;
  readonly fileBytes: number;
  /** Bytes of the disk that it makes. */
  readonly virtualBytes: number;
}

export interface Filling {
  readonly signal: AbortSignal;
  /** Told now and then how much of the file is there, in percent. */
  readonly progress: (percent: number) => void;
}

const gibibyte = 2 ** 30;

/** Fetches a template into its store, checking it on the way. Throws `SourceError`, or what the store says. */
export async function fillStore(
  work: TemplateWork,
  found: StoreCopy,
  filling: Filling,
): Promise<Filled> {
  const { template, store } = found;
  const format = fileFormat(template);
  const maxDisk = (await setting(work.db, 'storage.max.volume.size')) * gibibyte;
  const source = await asSource(() => openSource(work, template, filling.signal));
  const check = new FileCheck(format, template.expected_checksum, maxDisk);
  const content = Readable.from(checked(source, check, filling.progress), { objectMode: false });
  await work.stores.write(store, pathOf(found), content);
  return check.result();
}

async function openSource(
  work: TemplateWork,
  { url }: TemplateRow,
  signal: AbortSignal,
): Promise<Download> {
  if (url === null) throw new Error('it has no URL');
  const maxBytes = (await setting(work.db, 'max.template.iso.size')) * gibibyte;
  if (url.startsWith('file:')) return openFile(work.importFolder, url, signal);
  const allowed = sitesOf(await textSetting(work.db, 'secstorage.allowed.internal.sites'));
  return download(url, { limits: work.limits, maxBytes, allowed, signal });
}

/** A file below the folder from which may be imported; links do not lead out of it. */
async function openFile(folder: string, url: string, signal: AbortSignal): Promise<Download> {
  const path = await realpath(fileURLToPath(url));
  if (!path.startsWith((await realpath(folder)) + sep))
    throw new Error(`${path} is not below ${folder}`);
  const found = await stat(path);
  if (!found.isFile()) throw new Error(`${path} is no file`);
  return { length: found.size, content: createReadStream(path, { signal }) };
}

async function* checked(
  { content, length }: Download,
  check: FileCheck,
  progress: Filling['progress'],
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of content) {
      check.take(chunk);
      if (length !== null && length > 0) progress(Math.floor((check.received / length) * 100));
      yield chunk;
    }
    check.end();
  } catch (error) {
    throw sourceError(error);
  }
}

/** Looks at a file while it passes. */
class FileCheck {
  received = 0;
  readonly #format: FileFormat;
  readonly #expected: { readonly hex: string; readonly hash: ReturnType<typeof createHash> } | null;
  readonly #hash = createHash('sha256');
  readonly #maxDisk: number;
  #head: Buffer | null = Buffer.alloc(0);
  #virtualBytes: number | null = null;
  #result: Filled | null = null;

  constructor(format: FileFormat, checksum: string | null, maxDisk: number) {
    this.#format = format;
    this.#maxDisk = maxDisk;
    const expected = checksum === null ? null : parseChecksum(checksum);
    this.#expected =
      expected === null ? null : { hex: expected.hex, hash: createHash(expected.algorithm) };
  }

  take(chunk: Buffer): void {
    this.received += chunk.length;
    this.#hash.update(chunk);
    this.#expected?.hash.update(chunk);
    if (this.#head === null) return;
    this.#head = Buffer.concat([this.#head, chunk.subarray(0, headBytes - this.#head.length)]);
    if (this.#head.length >= headBytes) this.#judgeHead(this.#head);
  }

  end(): void {
    if (this.#head !== null) this.#judgeHead(this.#head);
    const virtualBytes = this.#virtualBytes ?? this.received;
    this.#requireSize(virtualBytes);
    const actual = this.#expected?.hash.digest('hex');
    if (actual !== undefined && actual !== this.#expected?.hex)
      throw new Error(`the file's checksum is ${actual}, not ${this.#expected?.hex}`);
    this.#result = { checksum: this.#hash.digest('hex'), fileBytes: this.received, virtualBytes };
  }

  result(): Filled {
    if (this.#result === null) throw new Error('the file has not ended');
    return this.#result;
  }

  #judgeHead(head: Buffer): void {
    this.#virtualBytes = checkHead(head, this.#format).virtualBytes;
    if (this.#virtualBytes !== null) this.#requireSize(this.#virtualBytes);
    this.#head = null;
  }

  #requireSize(bytes: number): void {
    if (bytes > this.#maxDisk)
      throw new Error(`its disk has ${bytes} bytes, and ${this.#maxDisk} are allowed`);
  }
}

function fileFormat({ format }: TemplateRow): FileFormat {
  if (format === 'ROOTFS') throw new SourceError('it is a tree of a host, not a file');
  return format;
}

async function asSource<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw sourceError(error);
  }
}

function sourceError(error: unknown): SourceError {
  return new SourceError(error instanceof Error ? error.message : String(error), { cause: error });
}
