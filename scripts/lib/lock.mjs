import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

function tryLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the process that wrote the lock is gone. */
function isStale(path) {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Runs `work` while holding the lock file; waits while another living process holds it. */
export async function withLock(path, work) {
  while (!tryLock(path)) {
    if (isStale(path)) rmSync(path, { force: true });
    else await delay(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
