import { access, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runInControlGroupView } from '../../host/control-groups.ts';
import { CommandError, run } from '../../process/run.ts';
import { type ContainerSettings, renderContainerConfig } from './config.ts';
import { removeControlGroups } from './control-group-remains.ts';
import { type DeltaFile, writeDelta } from './delta.ts';
import { idBase } from './id-map.ts';

/** One container of LXC: its name and the folder of all containers (`lxc-* -P`). */
export interface ContainerRef {
  readonly folder: string;
  readonly name: string;
}

/** The container that has this folder. */
export function containerAt(path: string): ContainerRef {
  return { folder: dirname(path), name: basename(path) };
}

function containerFolder(ref: ContainerRef): string {
  return join(ref.folder, ref.name);
}

/** The writable layer. */
export function deltaOf(ref: ContainerRef): string {
  return join(containerFolder(ref), 'delta');
}

/** Makes the container's folder and (re)writes its configuration and files; keeps what its writable layer has. */
export async function prepareContainer(
  ref: ContainerRef,
  settings: Omit<ContainerSettings, 'delta'>,
  files: readonly DeltaFile[],
): Promise<void> {
  await awaitStopped(ref);
  const delta = deltaOf(ref);
  // LXC does not make the overlay's work folder for a container with mapped ids.
  for (const folder of [delta, join(containerFolder(ref), 'work')]) {
    await mkdir(folder, { recursive: true });
    await chown(folder, idBase, idBase);
  }
  await writeDelta(delta, files);
  await writeFile(
    join(containerFolder(ref), 'config'),
    renderContainerConfig({ ...settings, delta }),
    { mode: 0o600 },
  );
}

/** A container whose init was killed is not stopped until LXC has given its links back and let go of its layers. */
async function awaitStopped(ref: ContainerRef): Promise<void> {
  if (await isKnown(ref)) await run('lxc-wait', [...of(ref), '-s', 'STOPPED', '-t', '10']);
}

/** Starts it. Returns when its init runs. Throws with LXC's own log when it does not start. */
export async function startContainer(ref: ContainerRef): Promise<void> {
  const log = join(containerFolder(ref), 'lxc.log');
  await rm(log, { force: true });
  try {
    await runInControlGroupView('lxc-start', [...of(ref), '-d', '-o', log, '-l', 'ERROR']);
  } catch (error) {
    await removeControlGroups(ref.name);
    throw new Error(`${ref.name} did not start; see ${log}`, { cause: error });
  }
}

/** Stops it: at once, or after its init had `graceSeconds` to shut down. Succeeds when it does not run. */
export async function stopContainer(ref: ContainerRef, graceSeconds: number | null): Promise<void> {
  if (!(await isKnown(ref))) return;
  const how = graceSeconds === null ? ['-k'] : ['-t', String(graceSeconds)];
  try {
    await run('lxc-stop', [...of(ref), ...how], { timeoutMs: ((graceSeconds ?? 0) + 30) * 1000 });
  } catch (error) {
    if (await containerRuns(ref)) throw error;
  }
}

/** Stops it and removes its folder. */
export async function destroyContainer(ref: ContainerRef): Promise<void> {
  await stopContainer(ref, null);
  await removeControlGroups(ref.name);
  await rm(containerFolder(ref), { recursive: true, force: true });
}

/** Process id of its init on the host, or `null` when it does not run. */
export async function initPid(ref: ContainerRef): Promise<number | null> {
  if (!(await isKnown(ref))) return null;
  try {
    const pid = Number((await run('lxc-info', [...of(ref), '-p', '-H'])).trim());
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === 1) return null;
    throw error;
  }
}

export async function containerRuns(ref: ContainerRef): Promise<boolean> {
  return (await initPid(ref)) !== null;
}

/** Whether it was ever prepared: without a configuration it cannot run. */
function isKnown(ref: ContainerRef): Promise<boolean> {
  return access(join(containerFolder(ref), 'config')).then(
    () => true,
    () => false,
  );
}

function of(ref: ContainerRef): readonly string[] {
  return ['-P', ref.folder, '-n', ref.name];
}
