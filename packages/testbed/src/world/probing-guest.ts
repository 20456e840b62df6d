import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildLargerGuestTemplate,
  type PayloadEntry,
  readPackages,
  readPayload,
} from '@isola/agent';
import { testImages } from './images.ts';
import type { TestTemplate } from './templates.ts';

const folder = fileURLToPath(new URL('../../guest-image/', import.meta.url));
const built = fileURLToPath(new URL('../../dist/', import.meta.url));

/** Name of the template that tests of packets deploy. */
export const testGuestName = 'isola-test-guest';

/** A guest with the programs that tests run inside. It is made anew, of packages that an earlier test fetched. */
export async function testGuestTemplate(): Promise<TestTemplate> {
  const kept = join(await testImages(), 'templates');
  const work = join(kept, `${testGuestName}.${process.pid}`);
  const template = await buildLargerGuestTemplate(
    { folder: work, treesFolder: kept, onProgress: () => undefined },
    {
      name: testGuestName,
      packages: await readPackages(folder),
      modules: await readFile(join(folder, 'modules.txt'), 'utf8'),
      payload: [...(await readPayload(folder)), ...(await ownPrograms())],
    },
  );
  // The same program makes the same file.
  const place = join(kept, `${testGuestName}-${template.checksum.slice(0, 12)}`);
  await rename(work, place).catch(() => rm(work, { recursive: true, force: true }));
  return { path: join(place, basename(template.path)), checksum: template.checksum };
}

/** The built channel and probes. */
async function ownPrograms(): Promise<readonly PayloadEntry[]> {
  const files: PayloadEntry[] = [
    {
      kind: 'file',
      mode: 0o644,
      path: '/opt/testbed/package.json',
      content: Buffer.from('{ "type": "module" }\n'),
    },
  ];
  for (const name of ['channel', 'probe'])
    for (const file of await readdir(join(built, name)))
      if (file.endsWith('.js'))
        files.push({
          kind: 'file',
          mode: 0o644,
          path: `/opt/testbed/${name}/${file}`,
          content: await readFile(join(built, name, file)),
        });
  return files;
}
