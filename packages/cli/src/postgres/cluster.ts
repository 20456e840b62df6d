import {
  appendFile,
  chmod,
  chown,
  mkdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { isDirectory, writePrivately } from '../process/files.ts';
import { runProgram } from '../process/run.ts';
import { binariesFor } from './binaries.ts';
import { checkReachable, clusterOwner, type Owner, runAs } from './owner.ts';
import { type ClusterPaths, clusterPaths, databaseName, databaseUser } from './paths.ts';
import { clusterSettings, hostBasedAccess, identityMap, renderSettings } from './settings.ts';

/** The kernel's limit for the path of a Unix socket. */
const longestSocketPath = 107;

/**
 * Starts the private cluster of a home, making it first where there is none, and its database.
 * What runs already is used as it is. Throws a `CliError` with PostgreSQL's own message.
 */
export async function startCluster(home: string): Promise<void> {
  const paths = clusterPaths(home);
  const socket = join(paths.socket, '.s.PGSQL.5432');
  if (Buffer.byteLength(socket) > longestSocketPath) {
    throw new CliError(`${socket} is too long for a socket`, 'Choose a shorter ISOLA_HOME.');
  }
  const owner = await clusterOwner();
  await mkdir(dirname(paths.log), { recursive: true, mode: 0o755 });
  await mkdir(paths.socket, { recursive: true });
  await checkReachable(paths.data);
  await checkReachable(paths.socket);
  await chown(paths.socket, owner.uid, owner.gid);
  await chmod(paths.socket, 0o700);
  if (!(await isDirectory(paths.data))) await makeCluster(paths, owner);
  const bin = await binariesFor(paths.data);
  if ((await postmaster(paths)) === null) await launch({ paths, owner, bin });
  await makeDatabase(paths, bin);
}

/** Stops the private cluster, waiting until it has written everything. Succeeds when none runs. */
export async function stopCluster(home: string): Promise<void> {
  const paths = clusterPaths(home);
  if ((await postmaster(paths)) === null) return;
  const owner = await clusterOwner();
  const bin = await binariesFor(paths.data);
  await runAs(owner, join(bin, 'pg_ctl'), ['stop', '-s', '-w', '-m', 'fast', '-D', paths.data]);
}

/** Process id of the running postmaster of this data folder, or `null`. A pid file left by a crash does not count. */
export async function postmaster(paths: ClusterPaths): Promise<number | null> {
  const text = await readFile(join(paths.data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!(pid > 1)) return null;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return folder === (await realpath(paths.data)) ? pid : null;
}

async function makeCluster(paths: ClusterPaths, owner: Owner): Promise<void> {
  const bin = await binariesFor(paths.data);
  // Made beside and renamed: a set-up that was interrupted never looks complete.
  const fresh = `${paths.data}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await chown(fresh, owner.uid, owner.gid);
  const options = ['--encoding=UTF8', '--locale=C.UTF-8', '--auth=reject', '--data-checksums'];
  await runAs(owner, join(bin, 'initdb'), [...options, '-U', databaseUser, '-D', fresh]);
  await appendFile(join(fresh, 'postgresql.conf'), "\ninclude = 'isola.conf'\n");
  await rename(fresh, paths.data);
}

async function launch(cluster: { paths: ClusterPaths; owner: Owner; bin: string }): Promise<void> {
  const { paths, owner, bin } = cluster;
  const files: Readonly<Record<string, string>> = {
    [join(paths.data, 'isola.conf')]: renderSettings(clusterSettings(paths)),
    [join(paths.data, 'pg_hba.conf')]: hostBasedAccess,
    [join(paths.data, 'pg_ident.conf')]: identityMap(owner.name),
  };
  for (const [path, text] of Object.entries(files)) await writePrivately(path, text, owner);
  await appendFile(paths.log, '');
  await chown(paths.log, owner.uid, owner.gid);
  await rm(join(paths.data, 'postmaster.pid'), { force: true });
  const start = ['start', '-s', '-w', '-t', '120', '-D', paths.data, '-l', paths.log];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runAs(owner, join(bin, 'pg_ctl'), start);
      return;
    } catch (error) {
      // Sessions of a postmaster that was killed hold its shared memory for a moment.
      if (attempt === 5)
        throw new CliError(`PostgreSQL does not start`, `See ${paths.log}.`, error);
      await delay(attempt * 500);
    }
  }
}

async function makeDatabase(paths: ClusterPaths, bin: string): Promise<void> {
  const connection = ['-h', paths.socket, '-U', databaseUser];
  const { code, stderr } = await runProgram(join(bin, 'createdb'), [...connection, databaseName]);
  if (code !== 0 && !stderr.includes('already exists')) {
    throw new CliError(`cannot create the database: ${stderr.trim()}`, `See ${paths.log}.`);
  }
}
