import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CpioEntry, encodeCpio } from './cpio.ts';

interface Found {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** Reads an archive as its format says, and as the kernel does. */
function decode(archive: Buffer): readonly Found[] {
  const found: Found[] = [];
  for (let at = 0; ; ) {
    expect(at % 4).toBe(0);
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number): number =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const path = archive.toString('utf8', at + 110, at + 109 + nameSize);
    expect(archive[at + 109 + nameSize]).toBe(0);
    const start = Math.ceil((at + 110 + nameSize) / 4) * 4;
    if (path === 'TRAILER!!!') return found;
    found.push({ path, mode, content: archive.toString('latin1', start, start + size) });
    at = Math.ceil((start + size) / 4) * 4;
  }
}

describe('encodeCpio', () => {
  it('keeps paths, modes and contents', () => {
    const entry = fc.record({
      path: fc.stringMatching(/^[^/\0][^\0]{0,40}$/).filter(path => path !== 'TRAILER!!!'),
      mode: fc.integer({ min: 0, max: 0o7777 }),
      content: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
      kind: fc.constantFrom<CpioEntry['kind']>('file', 'link'),
    });
    fc.assert(
      fc.property(fc.array(entry), entries => {
        expect(decode(encodeCpio(entries))).toEqual(
          entries.map(({ path, mode, content, kind }) => ({
            path,
            mode: mode | (kind === 'file' ? 0o100000 : 0o120000),
            content: content.toString('latin1'),
          })),
        );
      }),
    );
  });

  it('refuses paths that leave the folder or end the archive', () => {
    for (const path of ['', '/etc', 'a\0b', 'TRAILER!!!'])
      expect(() => encodeCpio([{ path, mode: 0, content: null, kind: 'folder' }])).toThrow(
        'not a path',
      );
  });
});
