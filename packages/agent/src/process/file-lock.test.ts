import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFileLock } from './file-lock.ts';

describe('withFileLock', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isola-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([false, true])(
    'lets in one at a time, also when holders remove the file: %s',
    async removes => {
      const path = join(folder, 'deep/.lock');
      let inside = 0;
      let most = 0;
      const enter = (): Promise<void> =>
        withFileLock(path, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise(resolve => setImmediate(resolve));
          if (removes) await rm(path);
          inside -= 1;
        });
      await Promise.all(Array.from({ length: 12 }, enter));
      expect(most).toBe(1);
    },
  );

  it('is let go when the task fails', async () => {
    const path = join(folder, '.lock');
    const failure = withFileLock(path, () => Promise.reject(new Error('no')));
    await expect(failure).rejects.toThrow('no');
    await expect(withFileLock(path, () => Promise.resolve('in'))).resolves.toBe('in');
  });
});
