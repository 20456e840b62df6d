import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

/** Its name in a router's folder. */
export const pinnedKeyFile = 'host-key';
const fingerprintBytes = 32;

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
    const text = await readFile(path, 'utf8').catch(() => '');
    const fingerprint = Buffer.from(text.trim(), 'hex');
    // A disk that was full when the key was pinned left a part of it.
    return new PinnedHostKey(path, fingerprint.length === fingerprintBytes ? fingerprint : null);
  }

  /** Whether the key is the router's. The first one seen is. */
  async check(key: Buffer): Promise<boolean> {
    const fingerprint = createHash('sha256').update(key).digest();
    if (this.#fingerprint === null) {
      await writeFile(`${this.#path}.new`, `${fingerprint.toString('hex')}\n`);
      await rename(`${this.#path}.new`, this.#path);
      this.#fingerprint = fingerprint;
      return true;
    }
    return timingSafeEqual(this.#fingerprint, fingerprint);
  }
}
