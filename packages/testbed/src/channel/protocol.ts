import { StringDecoder } from 'node:string_decoder';

/** What a test asks of the program inside a machine: a JSON line each, over a serial port. */
export type Request =
  /** Answered with the same token: what came before it was for somebody else. */
  | { readonly op: 'hello'; readonly token: string }
  | {
      readonly op: 'program';
      readonly id: number;
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  /** A probe runs within: a Node of its own takes seconds in an emulated machine. */
  | { readonly op: 'probe'; readonly id: number; readonly args: readonly string[] }
  | { readonly op: 'input'; readonly id: number; readonly data: string }
  | { readonly op: 'end-of-input'; readonly id: number }
  | { readonly op: 'kill'; readonly id: number; readonly signal: NodeJS.Signals };

/** Data is in base64. */
export type Reply =
  | { readonly hello: string }
  | { readonly id: number; readonly stream: 'stdout' | 'stderr'; readonly data: string }
  | { readonly id: number; readonly exit: number };

/** Largest piece of data in one line, in bytes: a long one must not hold up the others. */
export const pieceBytes = 48 * 1024;

/** Splits what comes over the port into JSON values. A line that is none was cut in two by a restart, and is left out. */
export class Lines<T> {
  readonly #decoder = new StringDecoder();
  #rest = '';

  take(data: Buffer): T[] {
    const lines = (this.#rest + this.#decoder.write(data)).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.flatMap(line => {
      try {
        return [JSON.parse(line) as T];
      } catch {
        return [];
      }
    });
  }
}
