import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from '../cli-error.ts';
import { runChecked, runProgram } from '../process/run.ts';

/** Of these packages, those that are not installed. Throws a `CliError` on systems without dpkg. */
export async function missingPackages(names: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runProgram('dpkg-query', [
    '-W',
    '-f=${Package} ${db:Status-Abbrev}\n',
    ...names,
  ]).catch(cause => {
    throw new CliError('dpkg-query does not run', 'Isola needs Debian or Ubuntu.', cause);
  });
  const installed = installedIn(stdout);
  return names.filter(name => !installed.has(name));
}

/** Reads `dpkg-query`'s lines `name ii `. */
export function installedIn(text: string): ReadonlySet<string> {
  return new Set(
    text.split('\n').flatMap(line => {
      const [name, state] = line.trim().split(' ');
      return name !== undefined && state?.[1] === 'i' ? [name] : [];
    }),
  );
}

/**
 * Installs those of the packages that are missing, without questions and without starting their services.
 * Gives the names it installed. Throws a `CliError` with apt's message.
 */
export async function ensurePackages(names: readonly string[]): Promise<readonly string[]> {
  const missing = await missingPackages(names);
  if (missing.length === 0) return [];
  const undo = [
    await placeFile('/etc/postgresql-common/createcluster.d/isola.conf', noCluster),
    await placeFile('/usr/sbin/policy-rc.d', noServices, 0o755),
  ];
  try {
    // A fresh machine has no package lists, another has old ones: only then are they fetched.
    const first = await apt('install', ...missing).catch((error: unknown) => error);
    if (first !== undefined) await updateAndInstall(missing);
  } finally {
    for (const remove of undo) await remove();
  }
  await keepBridgeOff();
  return missing;
}

async function updateAndInstall(names: readonly string[]): Promise<void> {
  // What cannot be fetched shows in the install.
  const update = await apt('update').catch((error: unknown) => error);
  await apt('install', ...names).catch((cause: unknown) => {
    throw new CliError(
      `cannot install ${names.join(' ')}`,
      `Install them where the distribution's archive can be reached: apt-get install ${names.join(' ')}`,
      update ?? cause,
    );
  });
}

/** Isola makes its own cluster: Debian's default one would only take memory and port 5432. */
const noCluster = 'create_main_cluster = false\n';

/** LXC's and others' services have no part in Isola. */
const noServices = '#!/bin/sh\nexit 101\n';

/** Writes a file unless somebody else's is there. Gives what removes it again. */
async function placeFile(path: string, text: string, mode = 0o644): Promise<() => Promise<void>> {
  const found = await readFile(path, 'utf8').catch(() => text);
  if (found !== text) return async () => undefined;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode });
  return () => rm(path, { force: true });
}

async function apt(action: 'install' | 'update', ...names: readonly string[]): Promise<undefined> {
  const options = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  const keepConfig = [
    '-o',
    'Dpkg::Options::=--force-confdef',
    '-o',
    'Dpkg::Options::=--force-confold',
  ];
  const install = action === 'install' ? ['--no-install-recommends', ...keepConfig] : [];
  await runChecked('apt-get', [...options, ...install, action, ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  });
}

/** LXC's package makes a bridge of its own at every boot, with an address range that may be somebody's. */
async function keepBridgeOff(): Promise<void> {
  if (!existsSync('/run/systemd/system')) return;
  await runProgram('systemctl', ['disable', 'lxc-net.service']);
}

/** Marks packages as installed automatically, so that `apt-get autoremove` may remove them. Ignores those that are gone. */
export async function releasePackages(names: readonly string[]): Promise<void> {
  const missing = new Set(await missingPackages(names));
  const present = names.filter(name => !missing.has(name));
  if (present.length > 0) await runChecked('apt-mark', ['auto', ...present]);
}
