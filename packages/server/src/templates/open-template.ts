import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { StoredFile } from '@isola/agent-protocol';
import type { IsolaError } from '@isola/model';
import { pathOf, readCopies, type StoreCopy, subjectOf } from './copies.ts';
import { notDownloaded } from './not-downloaded.ts';
import { recordFailedCopy, recordGoodCopy, unavailable } from './trouble.ts';
import type { TemplateWork } from './work.ts';

type Opening = Pick<TemplateWork, 'db' | 'stores' | 'log'>;

/**
 * A template's file for a host. Its content is verified on the way: the stream ends with `template_unavailable` when it is not
 * what was registered, as the call throws it when no store has the file. Both are recorded, and tried again by the next call.
 */
export async function openTemplate(work: Opening, templateId: string): Promise<StoredFile> {
  const copies = (await readCopies(work.db, templateId)).filter(
    ({ copy }) => copy.download_state === 'DOWNLOADED',
  );
  let failure: IsolaError | null = null;
  for (const found of copies) {
    try {
      return await openCopy(work, found);
    } catch (error) {
      failure = unavailable(subjectOf(found), error);
      await recordFailedCopy(work.db, subjectOf(found), failure);
    }
  }
  throw failure ?? (await notDownloaded(work.db, templateId));
}

async function openCopy(work: Opening, found: StoreCopy): Promise<StoredFile> {
  const { template, store } = found;
  const { stream, sizeBytes } = await work.stores.read(store, pathOf(found));
  if (sizeBytes !== template.file_bytes) {
    stream.destroy();
    throw new Error(`its file has ${sizeBytes} bytes instead of ${template.file_bytes}`);
  }
  return { stream: Readable.from(verified(work, found, stream), { objectMode: false }), sizeBytes };
}

async function* verified(
  work: Opening,
  found: StoreCopy,
  stream: Readable,
): AsyncGenerator<Buffer> {
  const subject = subjectOf(found);
  const hash = createHash('sha256');
  try {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) throw new Error('the store gave no bytes');
      hash.update(chunk);
      yield chunk;
    }
    const actual = hash.digest('hex');
    if (actual !== found.template.checksum)
      throw new Error(`its checksum is ${actual}, not ${found.template.checksum}`);
  } catch (error) {
    const failure = unavailable(subject, error);
    await recordFailedCopy(work.db, subject, failure).catch((cause: unknown) =>
      work.log.error({ err: cause }, 'a failed template could not be recorded'),
    );
    throw failure;
  } finally {
    stream.destroy();
  }
  await recordGoodCopy(work.db, subject);
}
