import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { until } from '../world/exec.ts';
import { connected } from './socket.ts';

/** Of what QEMU says, the parts that matter here. */
interface Message {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
  readonly QMP?: unknown;
}

/** QEMU's monitor: one command at a time. */
export class Monitor {
  readonly #socket: Socket;
  #answer: ((message: Message) => void) | null = null;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', line => {
      const message = JSON.parse(line) as Message;
      if (message.event === undefined && message.QMP === undefined) this.#answer?.(message);
    });
    socket.once('close', () => this.#answer?.({ error: { desc: 'QEMU is gone' } }));
  }

  /** Waits until QEMU listens. */
  static async open(path: string): Promise<Monitor> {
    const socket = await until('the monitor of QEMU', () => connected(path).catch(() => undefined));
    const monitor = new Monitor(socket);
    await monitor.execute('qmp_capabilities');
    return monitor;
  }

  /** Runs a command and gives its answer. Throws with QEMU's words when it refuses. */
  execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const result = this.#last.then(() => this.#exchange(command, args));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Turns on what lets memory stay in its file, before the state is written or read. */
  async keepMemoryInFile(): Promise<void> {
    const capabilities = [{ capability: 'x-ignore-shared', state: true }];
    await this.execute('migrate-set-capabilities', { capabilities });
  }

  /** Waits until the state that is being written or read is through. */
  async migrated(): Promise<void> {
    await until('the state of the machine', async () => {
      const { status } = (await this.execute('query-migrate')) as { status?: string };
      if (status === 'failed') throw new Error('QEMU could not save or restore the machine');
      return status === 'completed';
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #exchange(command: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) throw new Error(`${command}: QEMU is gone`);
      this.#answer = message => {
        if (message.error === undefined) resolve(message.return);
        else reject(new Error(`${command}: ${message.error.desc}`));
      };
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
  }
}
