import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Runs the task while holding the lock of an images folder, which several installations may share. The lock
 * belongs to a child whose input ends with this process, so a crash lets go of it.
 */
export async function withImagesLock<T>(images: string, task: () => Promise<T>): Promise<T> {
  await mkdir(images, { recursive: true });
  const holder = spawn('flock', [join(images, '.lock'), 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    holder.once('error', reject);
    holder.once('exit', () => reject(new Error(`cannot lock ${images}`)));
    holder.stdout.once('data', () => resolve());
  });
  try {
    return await task();
  } finally {
    holder.stdin.end();
  }
}
