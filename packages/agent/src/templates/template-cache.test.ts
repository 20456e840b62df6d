import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { TemplateSpec } from '@isola/agent-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleProgram } from '../process/bundle.ts';
import { run } from '../process/run.ts';
import { TemplateCache } from './template-cache.ts';

const content = randomBytes(300_000);
const checksum = createHash('sha256').update(content).digest('hex');
const template: TemplateSpec = {
  id: randomUUID(),
  name: 'tiny',
  checksum,
  format: 'QCOW2',
  sizeBytes: content.length,
};

describe('the template cache', () => {
  let home: string;
  let used = false;
  let opened = 0;
  let served: () => Readable;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'isola-cache-'));
    used = false;
    opened = 0;
    served = () => Readable.from([content.subarray(0, 100_000), content.subarray(100_000)]);
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const open = (): Promise<TemplateCache> =>
    TemplateCache.open({
      home,
      source: {
        open: () => {
          opened += 1;
          return Promise.resolve(served());
        },
      },
      isUsed: () => Promise.resolve(used),
      silenceMs: 200,
    });
  const remains = (): Promise<readonly string[]> => readdir(join(home, 'templates'));
  const failure = (cache: TemplateCache): Promise<string> =>
    cache.ensure(template).then(
      () => 'succeeded',
      (error: Error) => error.message,
    );

  it('shares one download, and copies nothing that it has', async () => {
    const cache = await open();
    await Promise.all([cache.ensure(template), cache.ensure(template), cache.ensure(template)]);
    await cache.ensure(template);
    expect(opened).toBe(1);
    expect(content.equals(await readFile(cache.pathOf(checksum)))).toBe(true);
    expect(await cache.list()).toEqual([checksum]);
    expect((await cache.verified(template)).format).toBe('QCOW2');
    expect(await (await open()).list()).toEqual([checksum]);
  });

  it.each([
    ['too short', () => Readable.from([content.subarray(1)]), /ended after 299999 of 300000/],
    ['too long', () => Readable.from([content, content]), /longer than its 300000 bytes/],
    ['another content', () => Readable.from([randomBytes(300_000)]), /its checksum is/],
    ['silent', () => new Readable({ read: () => undefined }), /nothing came for 0.2 seconds/],
  ])('keeps nothing of a file that is %s', async (_name, wrong, message) => {
    const cache = await open();
    served = wrong;
    expect(await failure(cache)).toMatch(message);
    expect(await failure(cache)).toMatch(/^Resource Unavailable: template tiny in image store/);
    expect(await remains()).toEqual([]);
    expect(await cache.list()).toEqual([]);
    served = () => Readable.from([content]);
    await cache.ensure(template);
    expect(await cache.list()).toEqual([checksum]);
  });

  it('verifies a file that was touched, and replaces one that was changed', async () => {
    const cache = await open();
    await cache.ensure(template);
    const path = cache.pathOf(checksum);
    await utimes(path, new Date(), new Date());
    expect(await cache.list()).toEqual([]);
    await cache.ensure(template);
    expect(opened).toBe(1);
    expect(await cache.list()).toEqual([checksum]);

    await writeFile(path, Buffer.concat([Buffer.from('x'), content.subarray(1)]));
    await expect(cache.verified(template)).rejects.toThrow('there is no verified copy');
    served = () => Readable.from([randomBytes(10)]);
    expect(await failure(cache)).toMatch(/ended after 10/);
    // Disks stand on it: even a damaged file is better than none.
    await access(path);
    served = () => Readable.from([content]);
    await cache.ensure(template);
    expect(content.equals(await readFile(path))).toBe(true);
  });

  it('removes a copy only while nothing stands on it', async () => {
    const cache = await open();
    await cache.ensure(template);
    used = true;
    await expect(cache.remove(checksum)).rejects.toThrow(/stand on template tiny/);
    used = false;
    await cache.remove(checksum);
    await cache.remove(checksum);
    expect(await remains()).toEqual([]);
  });

  it('begins anew after its process was killed in the middle', async () => {
    const entry = fileURLToPath(new URL('./test-slow-copy.ts', import.meta.url));
    const program = join(home, 'copy.cjs');
    await writeFile(program, await bundleProgram({ entry, node: 20 }));
    const args = [program, home, JSON.stringify(template)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    for await (const line of child.stdout) if (String(line).includes('half')) break;
    child.kill('SIGKILL');
    await exit;
    expect(await readdir(join(home, 'templates', checksum))).toEqual(['disk.partial']);
    const again = await open();
    expect(await remains()).toEqual([]);
    await again.ensure(template);
    expect(await again.list()).toEqual([checksum]);
  });

  describe.runIf(process.getuid?.() === 0)('on a small file system', () => {
    beforeEach(() => run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', home]));
    afterEach(() => run('umount', [home]));

    it('says that the host has no room, before and while it copies', async () => {
      const cache = await open();
      await writeFile(join(home, 'filler'), Buffer.alloc(900_000));
      expect(await failure(cache)).toMatch(/bytes free, and it needs 300000/);
      expect(opened).toBe(0);
      await rm(join(home, 'filler'));
      served = () =>
        Readable.from(
          (async function* () {
            yield content.subarray(0, 100_000);
            await writeFile(join(home, 'filler'), Buffer.alloc(900_000)).catch(() => undefined);
            yield content.subarray(100_000);
          })(),
        );
      expect(await failure(cache)).toMatch(/ENOSPC/);
      expect(await remains()).toEqual([]);
      await rm(join(home, 'filler'));
      served = () => Readable.from([content]);
      await cache.ensure(template);
      expect(await cache.list()).toEqual([checksum]);
    });
  });

  it('refuses a checksum that would be another path', async () => {
    const cache = await open();
    expect(() => cache.pathOf('../../etc')).toThrow('64 hexadecimal digits');
    await expect(cache.remove('..')).rejects.toThrow('64 hexadecimal digits');
  });
});
