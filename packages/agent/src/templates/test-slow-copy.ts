import { Readable } from 'node:stream';
import { TemplateCache } from './template-cache.ts';

/** Copies a template into a home, says `half` when some of it is there, and gets no more: for a test that kills it. */
async function main([home = '', spec = '']: readonly string[]): Promise<void> {
  const pieces = Readable.from(
    (async function* () {
      yield Buffer.alloc(100_000);
      process.stdout.write('half\n');
      await new Promise(resolve => setTimeout(resolve, 60_000));
    })(),
  );
  const cache = await TemplateCache.open({
    home,
    source: { open: () => Promise.resolve(pieces) },
    isUsed: () => Promise.resolve(false),
  });
  await cache.ensure(JSON.parse(spec));
}

void main(process.argv.slice(2));
