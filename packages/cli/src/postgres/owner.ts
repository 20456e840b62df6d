import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { CliError } from '../cli-error.ts';
import { runChecked } from '../process/run.ts';

/** The unprivileged user that the cluster belongs to and runs as: that of Debian's package where root starts it, else the one who does. */
export interface Owner {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const isRoot = (): boolean => process.getuid?.() === 0;

export async function clusterOwner(): Promise<Owner> {
  if (!isRoot()) {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  }
  const name = 'postgres';
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async flag => Number(await runChecked('id', [flag, name]))),
  );
  if (uid === undefined || gid === undefined) throw new CliError(`no user ${name}`);
  return { name, uid, gid };
}

/** Runs a program as the owner, with an environment of its own. Gives its stdout. */
export function runAs(owner: Owner, command: string, args: readonly string[]): Promise<string> {
  const env = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/' };
  if (!isRoot()) return runChecked(command, args, { cwd: '/', env });
  const identity = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--init-groups'];
  return runChecked('setpriv', [...identity, '--', command, ...args], {
    cwd: '/',
    env,
  });
}

/** Throws a `CliError` when a folder above `path` is closed to other users: PostgreSQL could not reach its data. */
export async function checkReachable(path: string): Promise<void> {
  if (!isRoot()) return;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) {
      throw new CliError(
        `PostgreSQL's user cannot enter ${folder}`,
        `Run \`chmod o+x ${folder}\`, or choose another ISOLA_HOME.`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}
