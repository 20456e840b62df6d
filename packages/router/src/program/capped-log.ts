import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A log file that keeps at most twice `limit` bytes: the file and one older one, `.1`. Writing never fails or waits. */
export class CappedLog {
  readonly #path: string;
  readonly #limit: number;
  #size: number | null = null;
  #queue: Promise<void> = Promise.resolve();

  constructor(path: string, limit = 1_048_576) {
    this.#path = path;
    this.#limit = limit;
  }

  /** Adds a line with the time in front. Line breaks within it are escaped. */
  write(level: 'INFO' | 'WARN' | 'ERROR', text: string): void {
    const line = `${new Date().toISOString()} ${level} ${text.replaceAll('\n', '\\n')}\n`;
    this.#queue = this.#queue
      .then(() => this.#append(line))
      .catch(() => {
        // Somebody moved the file, or the disk is full: the next line looks again.
        this.#size = null;
      });
  }

  /** Resolves when all lines are written. */
  flush(): Promise<void> {
    return this.#queue;
  }

  async #append(line: string): Promise<void> {
    if (this.#size === null) {
      await mkdir(dirname(this.#path), { recursive: true });
      this.#size = await stat(this.#path).then(
        ({ size }) => size,
        () => 0,
      );
    }
    if (this.#size + line.length > this.#limit) {
      await rename(this.#path, `${this.#path}.1`);
      this.#size = 0;
    }
    await appendFile(this.#path, line);
    this.#size += Buffer.byteLength(line);
  }
}
