import type { ChildProcess } from 'node:child_process';
import type { Start } from '../system/run.ts';

/** How long one transaction may take, in milliseconds. */
const PATIENCE = 60_000;

interface Waiting {
  readonly marker: string;
  readonly done: (complaint: string | null) => void;
  readonly failed: (error: Error) => void;
}

/**
 * A long-lived `nft -i`: a line is a transaction, answered in a fraction of a millisecond. After each line a marker
 * that nft does not understand is sent; what it says before complaining about the marker is the line's answer.
 */
export class NftSession {
  readonly #start: Start;
  #child: ChildProcess | null = null;
  #said = '';
  #waiting: Waiting[] = [];
  #number = 0;

  constructor(start: Start) {
    this.#start = start;
  }

  /** Starts nft ahead of the first transaction. */
  warm(): void {
    this.#child ??= this.#launch();
  }

  /** Runs one transaction. Gives nft's complaint, or `null` when it is done. Throws when nft ended without an answer. */
  execute(line: string): Promise<string | null> {
    if (line.includes('\n')) throw new Error('a transaction is one line');
    const child = (this.#child ??= this.#launch());
    this.#number += 1;
    const marker = `@end${this.#number}`;
    // One that hangs would hold up everything after it; ended, it fails like any that ends.
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    const answer = new Promise<string | null>((done, failed) => {
      this.#waiting.push({ marker, done, failed });
      child.stdin?.write(`${line}\n${marker}\n`);
    });
    return answer.finally(() => clearTimeout(timer));
  }

  /** Ends nft. */
  close(): void {
    this.#child?.stdin?.end();
    this.#child = null;
  }

  #launch(): ChildProcess {
    const child = this.#start(['nft', '-i']);
    child.stdout?.resume();
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => this.#hear(text));
    child.stdin?.on('error', () => undefined);
    const end = (error: Error): void => {
      if (this.#child === child) this.#child = null;
      const waiting = this.#waiting;
      this.#waiting = [];
      this.#said = '';
      for (const { failed } of waiting) failed(error);
    };
    child.on('error', end);
    child.on('exit', code => end(new Error(`nft -i ended with ${code}`)));
    return child;
  }

  #hear(text: string): void {
    this.#said += text;
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined) return;
      const end = `\n${next.marker}\n^\n`;
      const at = this.#said.indexOf(end);
      if (at === -1) return;
      const answer = this.#said.slice(0, at);
      this.#said = this.#said.slice(at + end.length);
      this.#waiting.shift();
      // The last line of the answer is the complaint about the marker.
      const complaint = answer.slice(0, Math.max(0, answer.lastIndexOf('\n'))).trim();
      next.done(complaint === '' ? null : complaint.slice(0, 2000));
    }
  }
}
