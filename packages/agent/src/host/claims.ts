import { access, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { installationId } from '../names.ts';
import { withFileLock } from '../process/file-lock.ts';

/** Gone after a reboot, as kernel settings are. */
const folder = '/run/isola';

/** Things outside their own that several installations need, and how those were before the first of them. */
const claimsSchema = z.object({
  /** Homes of the installations that need them, by id. */
  users: z.record(z.string(), z.string()),
  before: z.record(z.string(), z.string()),
});
type Claims = z.infer<typeof claimsSchema>;

/**
 * Makes a change that the installation needs, as one of several. `change` gives how things were before, as far as it
 * changed them. Gives all that was changed by any installation.
 */
export function claim(
  scope: string,
  home: string,
  change: () => Promise<Record<string, string>>,
): Promise<Record<string, string>> {
  return withFileLock(join(folder, '.lock'), async () => {
    const { users, before: earlier } = await readClaims(scope);
    // What an earlier installation found is the older state.
    const before = { ...(await change()), ...earlier };
    await writeClaims(scope, { users: { ...users, [installationId(home)]: home }, before });
    return before;
  });
}

/** Ends the installation's claim; the last one that leaves has `restore` put back what was before. */
export function unclaim(
  scope: string,
  home: string,
  restore: (before: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  return withFileLock(join(folder, '.lock'), async () => {
    const { users, before } = await readClaims(scope);
    const { [installationId(home)]: _, ...others } = users;
    if (Object.keys(others).length > 0) await writeClaims(scope, { users: others, before });
    else {
      await restore(before);
      await rm(fileOf(scope), { force: true });
    }
    await removeFolder();
  });
}

const fileOf = (scope: string): string => join(folder, `${scope}.json`);

/** An installation whose home is gone needs nothing. */
async function readClaims(scope: string): Promise<Claims> {
  const text = await readFile(fileOf(scope), 'utf8').catch(() => '{"users":{},"before":{}}');
  const { users, before } = claimsSchema.parse(JSON.parse(text));
  const living = await Promise.all(
    Object.entries(users).map(async ([id, home]) =>
      (await exists(home)) ? [[id, home] as const] : [],
    ),
  );
  return { users: Object.fromEntries(living.flat()), before };
}

async function writeClaims(scope: string, claims: Claims): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${fileOf(scope)}.new`, `${JSON.stringify(claims, null, 2)}\n`);
  await rename(`${fileOf(scope)}.new`, fileOf(scope));
}

/** The lock is last: without it nobody would keep others from coming in between. */
async function removeFolder(): Promise<void> {
  if ((await readdir(folder)).some(name => name !== '.lock')) return;
  await rm(join(folder, '.lock'), { force: true });
  await rmdir(folder).catch(() => undefined);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
