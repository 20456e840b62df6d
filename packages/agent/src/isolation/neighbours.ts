import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { IsolaError } from '@isola/model';
import * as z from 'zod';
import { replaceFile } from '../process/replace-file.ts';
import { CommandError, run } from '../process/run.ts';

const fileSchema = z.array(z.string());

/** The hosts by which this one tells whether it is cut off; kept for an agent that starts when it is. */
export class Neighbours {
  readonly #path: string;
  #addresses: readonly string[];

  private constructor(path: string, addresses: readonly string[]) {
    this.#path = path;
    this.#addresses = addresses;
  }

  static async open(home: string): Promise<Neighbours> {
    const path = join(home, 'neighbours.json');
    const text = await readFile(path, 'utf8').catch(() => '[]');
    return new Neighbours(path, fileSchema.parse(JSON.parse(text)));
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  async set(addresses: readonly string[]): Promise<void> {
    await replaceFile(this.#path, `${JSON.stringify(addresses)}\n`, 0o644);
    this.#addresses = [...addresses];
  }
}

/** Whether the address answers a ping, of which two are sent. */
export async function answersPing(address: string): Promise<boolean> {
  if (isIP(address) === 0)
    throw new IsolaError('refused_value', { reason: `${address} is no address` });
  try {
    await run('ping', ['-n', '-q', '-c', '2', '-i', '0.3', '-W', '1', address]);
    return true;
  } catch (error) {
    // 1: no answer; 2: nowhere to send to. Everything else is ping's own trouble.
    if (error instanceof CommandError && (error.exitCode === 1 || error.exitCode === 2))
      return false;
    throw error;
  }
}
