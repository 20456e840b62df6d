import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** What comes over TLS comes in small pieces, and each write has its price. */
const pieceBytes = 1024 * 1024;

interface Expected {
  /** SHA-256 in hex. */
  readonly checksum: string;
  readonly sizeBytes: number;
  /** Milliseconds that the sender may be silent. */
  readonly silenceMs: number;
}

/** Writes a stream to a new file, which is on disk when it resolves. Throws unless the content is exactly the expected one. */
export async function receiveFile(
  stream: Readable,
  path: string,
  { checksum, sizeBytes, silenceMs }: Expected,
): Promise<void> {
  const silent = new Error(`nothing came for ${silenceMs / 1000} seconds`);
  const silence = setTimeout(() => stream.destroy(silent), silenceMs);
  try {
    const file = await open(path, 'wx', 0o444);
    try {
      const hash = createHash('sha256');
      const take = async (piece: Buffer): Promise<void> => {
        hash.update(piece);
        await file.appendFile(piece);
      };
      let received = 0;
      let waiting: Buffer[] = [];
      let waitingBytes = 0;
      for await (const chunk of stream) {
        if (!Buffer.isBuffer(chunk)) throw new Error('the stream is not one of bytes');
        silence.refresh();
        received += chunk.length;
        if (received > sizeBytes) throw new Error(`it is longer than its ${sizeBytes} bytes`);
        waiting.push(chunk);
        waitingBytes += chunk.length;
        if (waitingBytes < pieceBytes) continue;
        await take(Buffer.concat(waiting));
        waiting = [];
        waitingBytes = 0;
      }
      await take(Buffer.concat(waiting));
      if (received < sizeBytes) throw new Error(`it ended after ${received} of ${sizeBytes} bytes`);
      const actual = hash.digest('hex');
      if (actual !== checksum) throw new Error(`its checksum is ${actual}, not ${checksum}`);
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    clearTimeout(silence);
    stream.destroy();
  }
}
