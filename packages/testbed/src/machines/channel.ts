import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Lines, pieceBytes, type Reply, type Request } from '../channel/protocol.ts';
import type { Launcher, Program } from '../world/program.ts';
import { connected } from './socket.ts';

interface Task {
  output(stream: 'stdout' | 'stderr', data: Buffer): void;
  exit(code: number): void;
}

/** The test's end of a machine's serial port: starts programs in the machine, however its networks are. */
export class Channel implements Launcher {
  readonly #socket: Socket;
  readonly #lines = new Lines<Reply>();
  readonly #tasks = new Map<number, Task>();
  readonly #hellos = new Set<string>();
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', data => {
      for (const reply of this.#lines.take(data)) this.#take(reply);
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      for (const [id, task] of this.#tasks) {
        task.output('stderr', Buffer.from('the machine is gone\n'));
        this.#end(id, task, 255);
      }
    });
  }

  /** Connects to the Unix socket of the port and waits up to `timeout` ms for an answer from inside. */
  static async open(path: string, timeout: number): Promise<Channel> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const socket = await connected(path).catch(() => null);
      if (socket !== null) {
        const channel = new Channel(socket);
        if (await channel.#greet(deadline)) return channel;
        channel.close();
      }
      if (performance.now() > deadline)
        throw new Error(`the machine at ${path} did not answer within ${timeout} ms`);
      await delay(100);
    }
  }

  program(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    return this.#start(id => ({ op: 'program', id, argv, env }));
  }

  probe(args: readonly string[]): Program {
    return this.#start(id => ({ op: 'probe', id, args }));
  }

  close(): void {
    this.#socket.destroy();
  }

  /** What is said before the program inside listens may be lost: said again until it answers. */
  async #greet(deadline: number): Promise<boolean> {
    const token = randomUUID();
    while (performance.now() < deadline && !this.#socket.destroyed) {
      this.#send({ op: 'hello', token });
      for (let waited = 0; waited < 1000; waited += 10) {
        if (this.#hellos.delete(token)) return true;
        await delay(10);
      }
    }
    return false;
  }

  #start(request: (id: number) => Request): Program {
    this.#lastId += 1;
    const id = this.#lastId;
    const listeners: ((stream: 'stdout' | 'stderr', data: Buffer) => void)[] = [];
    const exited = new Promise<number>(resolve => {
      this.#tasks.set(id, {
        output: (stream, data) => {
          for (const listener of listeners) listener(stream, data);
        },
        exit: resolve,
      });
    });
    this.#send(request(id));
    return {
      onOutput: listener => void listeners.push(listener),
      exited,
      input: data => {
        for (let offset = 0; offset < data.length; offset += pieceBytes)
          this.#send({
            op: 'input',
            id,
            data: data.subarray(offset, offset + pieceBytes).toString('base64'),
          });
      },
      endOfInput: () => this.#send({ op: 'end-of-input', id }),
      kill: signal => this.#send({ op: 'kill', id, signal }),
    };
  }

  #send(request: Request): void {
    if (!this.#socket.destroyed) this.#socket.write(`${JSON.stringify(request)}\n`);
  }

  #take(reply: Reply): void {
    if ('hello' in reply) {
      this.#hellos.add(reply.hello);
      return;
    }
    const task = this.#tasks.get(reply.id);
    if (task === undefined) return;
    if ('exit' in reply) this.#end(reply.id, task, reply.exit);
    else task.output(reply.stream, Buffer.from(reply.data, 'base64'));
  }

  #end(id: number, task: Task, code: number): void {
    this.#tasks.delete(id);
    task.exit(code);
  }
}
