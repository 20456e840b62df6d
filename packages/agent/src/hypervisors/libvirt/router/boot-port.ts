import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const connectMs = 5_000;
const pauseMs = 20;

/** The host's end of the serial port over which a router takes its boot arguments. */
export class BootPort {
  readonly #socket: Socket;
  #text = '';
  #failure: Error | null = null;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#text += text;
      this.#wake();
    });
    socket.on('error', error => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the machine ended')));
  }

  /** Opens the port of a machine that has just been started. */
  static async open(path: string): Promise<BootPort> {
    const deadline = Date.now() + connectMs;
    for (;;) {
      try {
        return new BootPort(await connected(path));
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(pauseMs);
      }
    }
  }

  /** Waits until the router listens for its arguments. */
  ready(limitMs: number): Promise<void> {
    return this.#expect('ready', limitMs);
  }

  /** Waits until the router has done all that it can do without its arguments. */
  warm(limitMs: number): Promise<void> {
    return this.#expect('warm', limitMs);
  }

  /** Hands the router its arguments and waits until it has taken them. */
  async deliver(boot: Buffer, limitMs: number): Promise<void> {
    this.#socket.write(`${boot.length}\n`);
    this.#socket.write(boot);
    await this.#expect('done', limitMs);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #expect(word: string, limitMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(limitMs);
    const expired = (): void => this.#fail(new Error(`the router does not say that it is ${word}`));
    deadline.addEventListener('abort', expired);
    try {
      while (!this.#take(word)) {
        if (this.#failure !== null) throw this.#failure;
        await new Promise<void>(resolve => {
          this.#wake = resolve;
        });
      }
    } finally {
      deadline.removeEventListener('abort', expired);
    }
  }

  /** Whether the router has said the word; what it said up to it is forgotten. */
  #take(word: string): boolean {
    const lines = this.#text.split('\n');
    const index = lines.slice(0, -1).indexOf(word);
    if (index === -1) return false;
    this.#text = lines.slice(index + 1).join('\n');
    return true;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
