import { spawn } from 'node:child_process';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Runs the task while holding the lock of a file, which is made when it is not there. The lock belongs to an open
 * file of this process, so a crash lets go of it. The task may remove the file.
 */
export async function withFileLock<T>(path: string, task: () => Promise<T>): Promise<T> {
  for (;;) {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a');
    try {
      await lock(file, path);
      // The one before may have removed the file; then this is nobody's lock.
      if (await isStill(file, path)) return await task();
    } finally {
      await file.close();
    }
  }
}

/** Node cannot lock files. flock(1) locks the open file that it inherits, and the lock outlives it. */
function lock(file: FileHandle, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['3'], { stdio: ['ignore', 'ignore', 'inherit', file.fd] });
    child.once('error', reject);
    child.once('exit', code => {
      if (code === 0) resolve();
      else reject(new Error(`cannot lock ${path}`));
    });
  });
}

async function isStill(file: FileHandle, path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.ino === (await file.stat()).ino;
}
