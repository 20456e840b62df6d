import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type * as z from 'zod';
import { encodeLine, JsonLines, longestLine } from './json-lines.ts';

export interface ConnectionOptions<In> {
  readonly schema: z.ZodType<In>;
  readonly onMessage: (message: In) => void;
  /** Why it ended: once, unless `close` was called. */
  readonly onClose: (reason: string) => void;
  /**
   * What a process that was itself held up makes of the other's silence. `true` waits anew: a server that was busy must not lose
   * all its hosts. `false` hangs up: an agent that was frozen must not carry out what it was told before.
   */
  readonly patient: boolean;
  readonly pace?: Pace;
}

/** Milliseconds. */
export interface Pace {
  /** Between two signs of life. */
  readonly alive: number;
  /** Of silence, after which the other is lost. */
  readonly lost: number;
}

/** A host that does more than it can is silent for some seconds, and not lost. */
export const usualPace: Pace = { alive: 1000, lost: 6000 };

const alive = { type: 'alive' } as const;

/** Unsent bytes at which a peer that does not read is given up. */
const longestBacklog = 2 * longestLine;

/**
 * Messages over a stream, both ways, with signs of life. Anything that is no message of the schema, an endless line, silence and a
 * peer that does not read end it.
 */
export class WireConnection<In, Out> {
  readonly #stream: Duplex;
  readonly #options: ConnectionOptions<In>;
  readonly #timer: NodeJS.Timeout;
  #heard = performance.now();
  #open = true;

  constructor(stream: Duplex, options: ConnectionOptions<In>) {
    this.#stream = stream;
    this.#options = options;
    const pace = options.pace ?? usualPace;
    this.#timer = setInterval(this.#watcher(pace), pace.alive);
    const lines = new JsonLines();
    // A server's sockets do not decode by themselves.
    const decoder = new StringDecoder('utf8');
    stream.on('data', (chunk: Buffer) => {
      if (!this.#open) return;
      this.#heard = performance.now();
      this.#read(lines, decoder.write(chunk));
    });
    stream.on('error', error => this.#end(error.message));
    stream.on('end', () => this.#end('the other side hung up'));
    stream.on('close', () => this.#end('the connection broke'));
  }

  get open(): boolean {
    return this.#open;
  }

  /** Sends a message; once the connection has ended it goes nowhere. Throws when it is longer than the other side accepts. */
  send(message: Out | typeof alive): void {
    if (!this.#open) return;
    const line = encodeLine(message);
    if (line.length > longestLine)
      throw new Error(`${line.length} characters are too many to send`);
    this.#stream.write(line);
    if (this.#stream.writableLength > longestBacklog) this.#end('the other side does not read');
  }

  /** Ends it without telling `onClose`. What was sent before still goes out. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    clearInterval(this.#timer);
    // The peer may never read: then it is cut.
    const cut = setTimeout(() => this.#stream.destroy(), 1000);
    this.#stream.once('close', () => clearTimeout(cut));
    this.#stream.end();
  }

  #read(lines: JsonLines, chunk: string): void {
    let messages: readonly unknown[];
    try {
      messages = lines.push(chunk);
    } catch {
      return this.#end('what came is not JSON');
    }
    for (const message of messages) {
      const read = this.#options.schema.safeParse(message);
      if (!read.success) return this.#end(`what came is no message: ${read.error.message}`);
      this.#options.onMessage(read.data);
      if (!this.#open) return;
    }
  }

  #watcher(pace: Pace): () => void {
    let last = performance.now();
    return () => {
      const now = performance.now();
      const heldUp = now - last > 2 * pace.alive;
      last = now;
      if (heldUp && this.#options.patient) this.#heard = now;
      if (now - this.#heard > pace.lost)
        return this.#end(`nothing was heard for ${Math.round((now - this.#heard) / 1000)} s`);
      this.send(alive);
    };
  }

  #end(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    clearInterval(this.#timer);
    this.#stream.destroy();
    this.#options.onClose(reason);
  }
}
