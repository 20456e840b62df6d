import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Message, parseMessage } from './message.ts';

/** The built helper program: it runs inside namespaces, where nothing compiles TypeScript. */
const program = fileURLToPath(new URL('../../dist/bench/load/main.js', import.meta.url));

/** A helper process that answers each JSON line with one of its own. */
export interface Partner {
  readonly pid: number;
  ask(question: Message): Promise<Message>;
  end(): Promise<void>;
}

/** Starts the helper `mode` behind `prefix` (`ip netns exec NAME`) and waits until it is ready. */
export async function startPartner(prefix: readonly string[], mode: string): Promise<Partner> {
  const [launcher = '', ...args] = prefix;
  const child = spawn(launcher, [...args, process.execPath, program, mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Message> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`helper ${mode} ended`);
    return parseMessage(value);
  };
  await next();
  return {
    pid: child.pid ?? 0,
    ask: question => {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return next();
    },
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
