import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname, release, uptime } from 'node:os';
import type { Db } from '../store/database.ts';

const name = 'isola.server.id';

/** The management server as clients see it. */
export interface ManagementServer {
  /** The installation's, made once. */
  readonly id: string;
  readonly name: string;
}

const known = new WeakMap<Db, ManagementServer>();

/** The management server that this process is. */
export async function managementServer(db: Db): Promise<ManagementServer> {
  const server = known.get(db) ?? { id: await idOf(db), name: hostname() };
  known.set(db, server);
  return server;
}

async function idOf(db: Db): Promise<string> {
  const stored = db.selectFrom('settings').select('value').where('name', '=', name);
  const found = await stored.executeTakeFirst();
  if (found !== undefined) return found.value;
  await db
    .insertInto('settings')
    .values({ name, value: randomUUID() })
    .onConflict(conflict => conflict.doNothing())
    .execute();
  return (await stored.executeTakeFirstOrThrow()).value;
}

/** Notes that this server answers at an address; gives what notes its end. */
export async function noteServer(
  db: Db,
  running: { readonly address: string; readonly version: string },
): Promise<() => Promise<void>> {
  const { id, name: host } = await managementServer(db);
  const facts = {
    ...running,
    name: host,
    kernel: release(),
    os: await distribution(),
    booted: new Date(Date.now() - uptime() * 1000),
    started: new Date(),
    stopped: null,
  };
  await db
    .insertInto('management_servers')
    .values({ id, ...facts })
    .onConflict(conflict => conflict.column('id').doUpdateSet(facts))
    .execute();
  return async () => {
    await db
      .updateTable('management_servers')
      .set({ stopped: new Date() })
      .where('id', '=', id)
      .execute();
  };
}

async function distribution(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? 'Linux';
}
