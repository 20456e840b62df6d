import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, mkdtemp, readdir, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Db, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

const run = promisify(execFile);
const template = 'isola_template';

export interface TestDatabase {
  readonly db: Db;
  /** As in `DATABASE_URL`. */
  readonly url: string;
  /** Closes the pool and drops the database. */
  close(): Promise<void>;
}

/**
 * A fresh, migrated database on a private PostgreSQL cluster that all tests of this process share. The cluster is made by the
 * first caller and goes when the process ends. Close the database in `afterAll`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const folder = await cluster();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(folder, `create database ${name} template ${template}`);
  const url = urlOf(folder, name);
  const { db } = openDatabase(url);
  return {
    db,
    url,
    async close() {
      await db.destroy();
      // Waits for the pool's connections to end; one that a test forgot to close makes it fail.
      await administer(folder, `drop database ${name}`);
    },
  };
}

function urlOf(folder: string, database: string): string {
  return `postgresql://postgres@localhost/${database}?host=${folder}`;
}

async function administer(folder: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(folder, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

let started: Promise<string> | undefined;

/** The folder of the cluster. Worker threads of one process agree on it through an atomic mkdir. */
function cluster(): Promise<string> {
  started ??= joinOrStart(join(tmpdir(), `isola-test-postgresql-${process.pid}`));
  return started;
}

async function joinOrStart(folder: string): Promise<string> {
  try {
    await mkdir(folder, { mode: 0o755 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    await settled(folder);
    return folder;
  }
  try {
    await startCluster(folder);
    await writeFile(join(folder, 'ready'), '');
    return folder;
  } catch (error) {
    await writeFile(join(folder, 'failed'), String(error));
    throw error;
  }
}

async function settled(folder: string): Promise<void> {
  for (;;) {
    const files = await readdir(folder);
    if (files.includes('ready')) return;
    if (files.includes('failed')) throw new Error(`another thread could not start ${folder}`);
    await delay(20);
  }
}

async function startCluster(folder: string): Promise<void> {
  const identity = await postgresIdentity();
  if (identity !== undefined) await chown(folder, identity.uid, identity.gid);
  const binaries = await newestBinaries();
  const data = join(folder, 'data');
  const draft = await mkdtemp(join(folder, 'draft-'));
  if (identity !== undefined) await chown(draft, identity.uid, identity.gid);
  await run(
    join(binaries, 'initdb'),
    ['-D', draft, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...identity, cwd: folder },
  );
  await rename(draft, data);
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'].concat(
    ['max_connections=300', 'shared_buffers=64MB', 'listen_addresses='],
    [`unix_socket_directories=${folder}`],
  );
  const server = spawn(
    join(binaries, 'postgres'),
    ['-D', data, ...settings.flatMap(setting => ['-c', setting])],
    { ...identity, cwd: folder, detached: true, stdio: 'ignore' },
  );
  server.unref();
  if (server.pid === undefined) throw new Error('postgres did not start');
  stopWithThisProcess(server.pid, folder);
  await accepting(folder);
  await administer(folder, `create database ${template}`);
  const { db } = openDatabase(urlOf(folder, template));
  await migrate(db);
  await db.destroy();
}

/** Outlives this process however it ends, stops the cluster, removes its folder, and ends. */
function stopWithThisProcess(server: number, folder: string): void {
  const script =
    'while kill -0 "$1" 2>/dev/null; do sleep 0.2; done; kill -QUIT "$2"; while kill -0 "$2" 2>/dev/null; do sleep 0.1; done; rm -rf "$3"';
  spawn('sh', ['-c', script, 'sh', String(process.pid), String(server), folder], {
    detached: true,
    stdio: 'ignore',
  }).unref();
}

async function accepting(folder: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await administer(folder, 'select 1');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(20);
    }
  }
}

/** PostgreSQL refuses to run as root. */
async function postgresIdentity(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([
    run('id', ['-u', 'postgres']),
    run('id', ['-g', 'postgres']),
  ]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function newestBinaries(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = (await readdir(root)).map(Number).sort((a, b) => b - a);
  for (const version of versions) {
    const folder = join(root, String(version), 'bin');
    if (await exists(join(folder, 'initdb'))) return folder;
  }
  throw new Error(`no PostgreSQL server below ${root}`);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
