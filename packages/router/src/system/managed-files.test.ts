import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Counters } from '../counters.ts';
import { ManagedFiles } from './managed-files.ts';

describe('managed files', () => {
  let root: string;
  let counters: Counters;
  let files: ManagedFiles;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'isola-files-'));
    counters = new Counters();
    files = new ManagedFiles({
      staging: join(root, 'staging'),
      folders: [join(root, 'own')],
      counters,
    });
    await files.prepare();
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are written once, and again only when they differ', async () => {
    const path = join(root, 'own/a');
    expect(await files.put(path, 'one\n')).toBe(true);
    expect(await files.put(path, 'one\n')).toBe(false);
    expect(await files.compare()).toEqual([]);
    expect(counters.snapshot().filesWritten).toBe(1);
  });

  it('that were edited, removed or added by hand are mended', async () => {
    const [a, b] = [join(root, 'own/a'), join(root, 'own/b')];
    await files.put(a, 'one\n');
    await files.put(b, 'two\n');
    writeFileSync(a, 'eno\n');
    rmSync(b);
    writeFileSync(join(root, 'own/c'), 'three\n');
    expect((await files.compare()).map(({ path }) => path)).toEqual([a, b, join(root, 'own/c')]);
    expect(readFileSync(a, 'utf8')).toBe('one\n');
    expect(readFileSync(b, 'utf8')).toBe('two\n');
    expect(await files.compare()).toEqual([]);
  });
});
