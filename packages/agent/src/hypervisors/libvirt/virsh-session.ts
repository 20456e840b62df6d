import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { encodeVirshCommand } from './virsh-words.ts';

/** A command that libvirt refused or could not carry out, with its own words. */
export class VirshError extends Error {}

/** The daemon could not be reached, or went away; whether a command that ran took effect is not known. */
export class LibvirtUnreachableError extends Error {}

interface Pending {
  readonly number: number;
  readonly line: string;
  readonly resolve: (output: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One virsh that stays and takes commands at its prompt: half a millisecond each, where starting it takes thirty. One
 * command at a time. It ends with this process, whose end closes its input.
 */
export class VirshSession {
  readonly #child: ChildProcessWithoutNullStreams;
  #output = '';
  #errors = '';
  #pending: Pending | null = null;
  #count = 0;
  #ended = false;

  constructor(uri: string) {
    this.#child = spawn('virsh', ['--quiet', '--connect', uri], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', TERM: 'dumb' },
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
      this.#look();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
      // Nothing was asked: it lost the daemon.
      if (this.#pending === null) this.close();
      else this.#look();
    });
    // What is written to one that ended is lost; its end says so.
    this.#child.stdin.on('error', () => undefined);
    this.#child.once('error', error => this.#end(error.message));
    this.#child.once('close', () => this.#end(this.#errors.trim() || 'virsh ended'));
  }

  get usable(): boolean {
    return !this.#ended;
  }

  /** Runs one command; gives what it printed. Throws `VirshError` or `LibvirtUnreachableError`. */
  run(words: readonly string[]): Promise<string> {
    if (this.#ended) return Promise.reject(new LibvirtUnreachableError('the session ended'));
    if (this.#pending !== null) throw new Error('the session is busy');
    const number = ++this.#count;
    const line = encodeVirshCommand(words);
    this.#output = '';
    this.#errors = '';
    return new Promise((resolve, reject) => {
      this.#pending = { number, line, resolve, reject };
      // The prompt prints what it reads; only what the marks put out is without the backslash.
      const marks = [`echo "begin-\\${number}"`, line, `echo "end-\\${number}"`];
      this.#child.stdin.write(`${[...marks, `echo --err "end-\\${number}"`].join('\n')}\n`);
    });
  }

  close(): void {
    this.#ended = true;
    this.#child.kill('SIGKILL');
  }

  #look(): void {
    const pending = this.#pending;
    if (pending === null) return;
    const begin = `begin-${pending.number}`;
    const end = `end-${pending.number}`;
    const errorEnd = this.#errors.indexOf(`error: ${end}\n`);
    const outputEnd = this.#output.indexOf(end);
    if (errorEnd === -1 || outputEnd === -1) return;
    this.#pending = null;
    const errors = this.#errors.slice(0, errorEnd).trim();
    if (errors.includes('error: ')) {
      pending.reject(errorOf(errors));
      if (isUnreachable(errors)) this.close();
      return;
    }
    const from = this.#output.indexOf(begin) + begin.length;
    pending.resolve(withoutPrompts(this.#output.slice(from, outputEnd), pending));
  }

  #end(reason: string): void {
    this.#ended = true;
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(new LibvirtUnreachableError(`libvirt cannot be reached: ${onOneLine(reason)}`));
  }
}

const prompt = 'virsh # ';

/** What stands between the marks, without what the prompt printed itself. */
function withoutPrompts(text: string, { line, number }: Pending): string {
  const before = `${prompt}${line}\n`;
  const after = `${prompt}echo "end-\\${number}"\n`;
  const output = text.startsWith(before) ? text.slice(before.length) : text;
  return output.endsWith(after) ? output.slice(0, -after.length) : output;
}

function errorOf(text: string): Error {
  const message = onOneLine(text);
  return isUnreachable(text)
    ? new LibvirtUnreachableError(`libvirt cannot be reached: ${message}`)
    : new VirshError(message);
}

function onOneLine(errors: string): string {
  return errors.replaceAll('error: ', '').replaceAll('\n', ': ');
}

function isUnreachable(text: string): boolean {
  return /[Ff]ailed to (?:re)?connect to|Disconnected from|Reconnected to|no valid connection|end of file while reading|client socket is closed|Cannot (?:recv|write) data/i.test(
    text,
  );
}
