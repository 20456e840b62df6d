import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Where the test is. */
export interface Line {
  /** In the order of the calls. */
  write(text: string): void;
  /** Gives what arrives to `take`, for as long as there may be more. */
  read(take: (data: Buffer) => void): Promise<void>;
}

/** Standard input and output, of a program that ends with its input. */
export const standardLine: Line = {
  write: text => void process.stdout.write(text),
  read: async take => {
    for await (const data of process.stdin) take(data as Buffer);
  },
};

/** A virtio serial port, which opens once: one descriptor for both ways. */
export class Port implements Line {
  readonly #file: FileHandle;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Waits for the device, which may be plugged in later. */
  static async open(path: string): Promise<Port> {
    for (;;) {
      const file = await open(path, 'r+').catch(() => null);
      if (file !== null) return new Port(file);
      await delay(200);
    }
  }

  async read(take: (data: Buffer) => void): Promise<void> {
    const buffer = Buffer.alloc(64 * 1024);
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, null);
      if (bytesRead > 0) take(Buffer.from(buffer.subarray(0, bytesRead)));
      // Nobody holds the other end.
      else await delay(20);
    }
  }

  write(text: string): void {
    const data = Buffer.from(text);
    this.#last = this.#last.then(() => this.#writeAll(data)).catch(() => undefined);
  }

  async #writeAll(data: Buffer): Promise<void> {
    for (let offset = 0; offset < data.length; ) {
      const { bytesWritten } = await this.#file.write(data, offset, data.length - offset, null);
      offset += bytesWritten;
    }
  }
}
