import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** What is expensive to make, for all tests of this machine. */
export const cacheFolder = process.env['ISOLA_TEST_MACHINES'] ?? '/var/cache/isola/test-machines';

const hourMs = 3600 * 1000;
/** What nobody used for this long goes. */
const keptMs = 7 * 24 * hourMs;

/**
 * Makes the folder `name` of `cache` unless it is there: `make` fills a temporary one. Two at once both make it, and
 * the first that is ready stays.
 */
export async function made(
  cache: string,
  name: string,
  make: (building: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name);
  await mkdir(cache, { recursive: true });
  const now = new Date();
  if (await isThere(folder)) {
    await utimes(folder, now, now);
    return folder;
  }
  await removeOld(cache);
  const building = await mkdtemp(join(cache, 'building-'));
  try {
    await make(building);
    await rename(building, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return folder;
}

async function isThere(folder: string): Promise<boolean> {
  return await stat(folder).then(
    () => true,
    () => false,
  );
}

async function removeOld(cache: string): Promise<void> {
  for (const entry of await readdir(cache, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(cache, entry.name);
    // One that is still being built is what an interrupted run left, if it is older than any building takes.
    const kept = entry.name.startsWith('building-') ? hourMs : keptMs;
    if ((await stat(path)).mtimeMs < Date.now() - kept)
      await rm(path, { recursive: true, force: true });
  }
}
