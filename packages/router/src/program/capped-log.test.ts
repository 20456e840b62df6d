import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CappedLog } from './capped-log.ts';

describe('a capped log', () => {
  let root: string;
  let path: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'isola-log-'));
    path = join(root, 'cloud.log');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('keeps the newest lines, in at most twice its limit', async () => {
    const log = new CappedLog(path, 1000);
    for (let n = 0; n < 100; n += 1) log.write('INFO', `line ${n}`);
    await log.flush();
    expect(readFileSync(path, 'utf8')).toContain('line 99\n');
    expect(statSync(path).size + statSync(`${path}.1`).size).toBeLessThanOrEqual(2000);
  });

  it('goes on after somebody removed the full file', async () => {
    const log = new CappedLog(path, 100);
    log.write('INFO', 'x'.repeat(60));
    await log.flush();
    rmSync(path);
    log.write('INFO', 'lost');
    log.write('INFO', 'y'.repeat(20));
    log.write('INFO', 'z');
    await log.flush();
    expect(readFileSync(path, 'utf8')).toMatch(/ z\n$/);
  });
});
