import { spawn } from 'node:child_process';
import { startProbe } from '../probe/start.ts';
import { Port, standardLine } from './port.ts';
import { Lines, pieceBytes, type Reply, type Request } from './protocol.ts';

/** Starts programs and probes for a test elsewhere: at the other end of the serial port that is named on the command line, else of standard input and output. */

interface Task {
  input(data: Buffer): void;
  endOfInput(): void;
  kill(signal: NodeJS.Signals): void;
}

const [path] = process.argv.slice(2);
const tasks = new Map<number, Task>();
const port = path === undefined ? standardLine : await Port.open(path);

function say(reply: Reply): void {
  port.write(`${JSON.stringify(reply)}\n`);
}

function sayData(id: number, stream: 'stdout' | 'stderr', data: Buffer): void {
  for (let offset = 0; offset < data.length; offset += pieceBytes)
    say({ id, stream, data: data.subarray(offset, offset + pieceBytes).toString('base64') });
}

function ended(id: number, exit: number): void {
  tasks.delete(id);
  say({ id, exit });
}

function startProgram(id: number, argv: readonly string[], env: Record<string, string>): void {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, { env: { ...process.env, ...env }, cwd: '/' });
  // One that is gone takes no more input.
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (data: Buffer) => sayData(id, 'stdout', data));
  child.stderr.on('data', (data: Buffer) => sayData(id, 'stderr', data));
  child.once('error', error => {
    sayData(id, 'stderr', Buffer.from(`${error.message}\n`));
    ended(id, 127);
  });
  child.once('close', code => {
    if (tasks.has(id)) ended(id, code ?? 255);
  });
  tasks.set(id, {
    input: data => child.stdin.write(data),
    endOfInput: () => child.stdin.end(),
    kill: signal => child.kill(signal),
  });
}

/** In this thread: where machines are emulated, another one takes seconds to start. */
function startTask(id: number, args: readonly string[]): void {
  let listener: () => void = () => undefined;
  const end = (): void => {
    const first = listener;
    listener = () => undefined;
    first();
  };
  const fail = (error: unknown): void => {
    sayData(id, 'stderr', Buffer.from(`${String(error)}\n`));
    ended(id, 1);
  };
  tasks.set(id, { input: () => undefined, endOfInput: end, kill: end });
  try {
    startProbe(args, {
      report: result => sayData(id, 'stdout', Buffer.from(`${JSON.stringify(result)}\n`)),
      onEnd: given => {
        listener = given;
      },
      exit: code => ended(id, code),
      fail,
    });
  } catch (error) {
    fail(error);
  }
}

function perform(request: Request): void {
  switch (request.op) {
    case 'hello':
      // Whoever asked for the tasks before is gone.
      for (const task of tasks.values()) task.endOfInput();
      say({ hello: request.token });
      return;
    case 'program':
      startProgram(request.id, request.argv, request.env);
      return;
    case 'probe':
      startTask(request.id, request.args);
      return;
    case 'input':
      tasks.get(request.id)?.input(Buffer.from(request.data, 'base64'));
      return;
    case 'end-of-input':
      tasks.get(request.id)?.endOfInput();
      return;
    case 'kill':
      tasks.get(request.id)?.kill(request.signal);
  }
}

const lines = new Lines<Request>();
await port.read(data => {
  for (const request of lines.take(data)) perform(request);
});
// What it started goes with it.
process.exit(0);
