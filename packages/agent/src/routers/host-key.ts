import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/**
 * The host key of a router, pinned at first contact in a file of its folder: `undefined` until then. `check` is
 * what ssh2's `hostVerifier` asks.
 */
export class PinnedHostKey {
  readonly #path: string;
  #fingerprint: Buffer | null;

  private constructor(path: string, fingerprint: Buffer | null) {
    this.#path = path;
    this.#fingerprint = fingerprint;
  }

  static async read(path: string): Promise<PinnedHostKey> {
    const text = await readFile(path, 'utf8').catch(() => null);
    return new PinnedHostKey(path, text === null ? null : Buffer.from(text.trim(), 'hex'));
  }

  /** Whether the key is the router's. The first one seen is. */
  async check(key: Buffer): Promise<boolean> {
    const fingerprint = createHash('sha256').update(key).digest();
    if (this.#fingerprint === null) {
      this.#fingerprint = fingerprint;
      await writeFile(this.#path, `${fingerprint.toString('hex')}\n`);
      return true;
    }
    return timingSafeEqual(this.#fingerprint, fingerprint);
  }
}
