import type { Run } from '../system/run.ts';
import { withFile } from '../system/with-file.ts';

/** One-shot uses of the `nft` program. */
export class Nft {
  readonly #run: Run;
  readonly #folder: string;

  /** `folder` takes the files given to nft. */
  constructor(run: Run, folder: string) {
    this.#run = run;
    this.#folder = folder;
  }

  /** Loads a file of statements in one transaction. Gives nft's complaint, or `null` when it is done. */
  async load(text: string): Promise<string | null> {
    return this.#withFile(text, ['-f']);
  }

  /** The rules of the namespace, with numbers and without counters. Throws when they cannot be read. */
  async list(what: readonly string[] = ['ruleset']): Promise<string> {
    const { code, stdout, stderr } = await this.#run(['nft', '-n', '-s', 'list', ...what]);
    if (code !== 0) throw new Error(`nft list: ${stderr}`);
    return stdout;
  }

  async #withFile(text: string, flags: readonly string[]): Promise<string | null> {
    return withFile(this.#folder, text, async path => {
      const { code, stderr } = await this.#run(['nft', ...flags, path]);
      return code === 0 ? null : stderr.slice(0, 2000);
    });
  }
}
