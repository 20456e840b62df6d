import { gzipSync } from 'node:zlib';
import type { SimulatedRouter } from './router.ts';

const block = 512;

/** The files of a simulated router, which has none: an archive whose one file says what was asked for. In base64. */
export function archiveOf({ spec }: SimulatedRouter, files: readonly string[]): string {
  const body = Buffer.from(`${spec.name} is simulated. Asked for:\n${files.join('\n')}\n`);
  const padding = Buffer.alloc((block - (body.length % block)) % block);
  const tar = Buffer.concat([headerOf('simulated.txt', body.length), body, padding, end]);
  return gzipSync(tar).toString('base64');
}

const end = Buffer.alloc(2 * block);

/** The header of a plain file (POSIX ustar). */
function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(block);
  header.write(name, 0);
  header.write('0000644\0' + '0000000\0'.repeat(2), 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0${' '.repeat(8)}0`, 124);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
