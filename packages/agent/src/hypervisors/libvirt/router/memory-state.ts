import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { Virsh } from '../virsh.ts';

const pollMs = 20;
const limitMs = 60_000;

/** What Node says when the other end has closed. */
const hungUp = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ECONNRESET']);

const answerSchema = z.union([
  z.object({ return: z.unknown() }),
  z.object({ error: z.object({ desc: z.string() }) }),
]);
const migrationSchema = z.object({
  status: z.string().optional(),
  'error-desc': z.string().optional(),
});

/** QEMU's own monitor of one domain, for what libvirt has no command: a machine's state without its memory. */
export class MemoryState {
  readonly #virsh: Virsh;
  readonly #id: string;

  constructor(virsh: Virsh, id: string) {
    this.#virsh = virsh;
    this.#id = id;
  }

  /** Writes the state of a paused machine to a file. `socket` is a path in a folder of QEMU's. */
  async save(file: string, socket: string): Promise<void> {
    await this.#leaveOutMemory();
    const server = createServer();
    const taken = once(server, 'connection').then(([stream]) =>
      pipeline(stream as NodeJS.ReadableStream, createWriteStream(file, { flush: true })),
    );
    server.listen(socket);
    try {
      await once(server, 'listening');
      // QEMU is another user; the folder is closed to others.
      await chmod(socket, 0o666);
      await this.#command('migrate', { uri: `unix:${socket}` });
      await Promise.all([taken, this.#completed()]);
    } finally {
      taken.catch(() => undefined);
      server.close();
      await rm(socket, { force: true });
    }
  }

  /** Reads the state into a machine that was started to wait for it, and that is paused afterwards. */
  async load(file: string, socket: string): Promise<void> {
    await this.#leaveOutMemory();
    await this.#command('migrate-incoming', { uri: `unix:${socket}` });
    // QEMU hangs up once it has read all that it wants, often before the stream has ended: its own word counts.
    const sent = pipeline(createReadStream(file), connect(socket)).catch(
      (error: NodeJS.ErrnoException) => {
        if (!hungUp.has(error.code ?? '')) throw error;
      },
    );
    await Promise.all([sent, this.#completed()]);
  }

  /** Memory that is a file shared with others is not part of the state. */
  #leaveOutMemory(): Promise<unknown> {
    const capabilities = [{ capability: 'x-ignore-shared', state: true }];
    return this.#command('migrate-set-capabilities', { capabilities });
  }

  async #completed(): Promise<void> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const answer = migrationSchema.parse(await this.#command('query-migrate', {}));
      if (answer.status === 'completed') return;
      if (answer.status === 'failed' || answer.status === 'cancelled' || Date.now() > deadline)
        throw new Error(
          `the machine's state: ${answer['error-desc'] ?? answer.status ?? 'unknown'}`,
        );
      await delay(pollMs);
    }
  }

  async #command(execute: string, given: Readonly<Record<string, unknown>>): Promise<unknown> {
    const command = JSON.stringify({ execute, arguments: given });
    const text = await this.#virsh.run(['qemu-monitor-command', this.#id, command]);
    // A long command may show at the prompt in pieces; the answer is a line.
    const line = text.split('\n').findLast(one => one.startsWith('{'));
    const answer = answerSchema.parse(JSON.parse(line ?? 'null'));
    if ('error' in answer) throw new Error(`QEMU refuses ${execute}: ${answer.error.desc}`);
    return answer.return;
  }
}
