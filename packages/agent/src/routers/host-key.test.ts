import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PinnedHostKey } from './host-key.ts';

const [key, other] = [Buffer.from('a key'), Buffer.from('another key')];

describe('a pinned host key', () => {
  let root: string;
  let path: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'isola-host-key-'));
    path = join(root, 'host-key');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is the first one seen, then and after a restart', async () => {
    const pinned = await PinnedHostKey.read(path);
    expect(await pinned.check(key)).toBe(true);
    expect(await pinned.check(other)).toBe(false);
    const again = await PinnedHostKey.read(path);
    expect(await again.check(other)).toBe(false);
    expect(await again.check(key)).toBe(true);
  });

  it('is pinned anew where a full disk left a part of it', async () => {
    writeFileSync(path, 'abcd');
    const pinned = await PinnedHostKey.read(path);
    expect(await pinned.check(key)).toBe(true);
    expect(await (await PinnedHostKey.read(path)).check(other)).toBe(false);
  });
});
