import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError, run } from '../process/run.ts';

/*
 * Files of stores are touched by small programs, never by this process: what waits for a dead file server is a program that
 * can be killed, and not one of the few threads with which this process reads all its files.
 */

/** Milliseconds that one look at a store may take: more than the mount needs to give up. */
const answerLimit = 45_000;
/** Milliseconds in which a file that is being written must grow, and in which its end must be on disk. */
const progressLimit = 120_000;

/** Runs a program on a store. Gives its output; throws what it says, or that the store does not answer. */
export async function ask(command: string, args: readonly string[]): Promise<string> {
  try {
    return await run(command, args, { timeoutMs: answerLimit });
  } catch (error) {
    throw new Error(complaint(error), { cause: error });
  }
}

/** Writes a stream to a new file and to disk. */
export async function writeThrough(content: Readable, path: string): Promise<void> {
  const args = [`of=${path}`, 'bs=1M', 'iflag=fullblock', 'conv=fsync', 'status=none'];
  const child = spawn('dd', args, { stdio: ['pipe', 'ignore', 'pipe'], env: environment });
  const ended = ending(child);
  let stalled = false;
  const stall = setTimeout(() => {
    stalled = true;
    child.kill('SIGKILL');
  }, progressLimit);
  try {
    const written = pipeline(
      content,
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          stall.refresh();
          yield chunk;
        }
      },
      child.stdin,
    );
    const [sent, result] = await Promise.allSettled([written, ended]);
    if (stalled) throw new Error(`nothing could be written for ${progressLimit / 1000} seconds`);
    // A full disk ends the program and with it the pipe: the program knows why.
    if (result.status === 'rejected') throw result.reason;
    if (sent.status === 'rejected') throw sent.reason;
  } finally {
    clearTimeout(stall);
    child.kill('SIGKILL');
  }
}

/** A file as a stream. Destroying it ends the program that reads. */
export function readThrough(path: string): Readable {
  return Readable.from(output(path), { objectMode: false });
}

async function* output(path: string): AsyncGenerator<Buffer> {
  const child = spawn('cat', ['--', path], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const ended = ending(child);
  ended.catch(() => undefined);
  try {
    for await (const chunk of child.stdout) yield chunk;
    await ended;
  } finally {
    child.kill('SIGKILL');
  }
}

const environment = { ...process.env, LC_ALL: 'C' };

function ending(child: ChildProcess): Promise<void> {
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(complaints.trim() || `it ended with ${signal ?? code}`));
    });
  });
}

function complaint(error: unknown): string {
  if (!(error instanceof CommandError)) return String(error);
  // A program that was killed says nothing.
  return error.stderr.endsWith('SIGKILL')
    ? `the store did not answer within ${answerLimit / 1000} seconds`
    : error.stderr.trim();
}
