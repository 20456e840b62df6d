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

/** What carries the lines: a serial port, or a program's input and output. */
interface Transport {
  write(text: string): void;
  onData(listener: (data: Buffer) => void): void;
  onEnd(listener: () => void): void;
  end(): void;
}

/** The test's end of a line to somewhere else: starts programs there, however the networks are. */
export class Channel implements Launcher {
  readonly #transport: Transport;
  readonly #lines = new Lines<Reply>();
  readonly #tasks = new Map<number, Task>();
  readonly #hellos = new Set<string>();
  #lastId = 0;

  #ended = false;

  private constructor(transport: Transport) {
    this.#transport = transport;
    transport.onData(data => {
      for (const reply of this.#lines.take(data)) this.#take(reply);
    });
    transport.onEnd(() => {
      this.#ended = true;
      for (const [id, task] of this.#tasks) {
        task.output('stderr', Buffer.from('there is nobody at the other end any more\n'));
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
        const channel = new Channel(overSocket(socket));
        if (await channel.#greet(deadline)) return channel;
        channel.close();
      }
      if (performance.now() > deadline)
        throw new Error(`the machine at ${path} did not answer within ${timeout} ms`);
      await delay(100);
    }
  }

  /** The channel's own program, which was started and speaks over its input and output. */
  static async over(program: Program, timeout: number): Promise<Channel> {
    const channel = new Channel(overProgram(program));
    if (await channel.#greet(performance.now() + timeout)) return channel;
    program.kill('SIGKILL');
    throw new Error(`no answer within ${timeout} ms`);
  }

  program(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    return this.#start(id => ({ op: 'program', id, argv, env }));
  }

  probe(args: readonly string[]): Program {
    return this.#start(id => ({ op: 'probe', id, args }));
  }

  close(): void {
    this.#transport.end();
  }

  /** What is said before the program inside listens may be lost: said again until it answers. */
  async #greet(deadline: number): Promise<boolean> {
    const token = randomUUID();
    while (performance.now() < deadline && !this.#ended) {
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
    if (!this.#ended) this.#transport.write(`${JSON.stringify(request)}\n`);
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

function overSocket(socket: Socket): Transport {
  socket.on('error', () => undefined);
  return {
    write: text => void socket.write(text),
    onData: listener => void socket.on('data', listener),
    onEnd: listener => void socket.once('close', listener),
    end: () => void socket.destroy(),
  };
}

function overProgram(program: Program): Transport {
  return {
    write: text => program.input(Buffer.from(text)),
    onData: listener =>
      program.onOutput((stream, data) => {
        if (stream === 'stdout') listener(data);
      }),
    onEnd: listener => void program.exited.then(listener, listener),
    end: () => program.endOfInput(),
  };
}
