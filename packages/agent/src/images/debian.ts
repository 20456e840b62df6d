import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, run } from '../process/run.ts';

export type Suite = 'trixie' | 'bookworm';

const archive = 'http://deb.debian.org/debian';
const security = 'http://deb.debian.org/debian-security';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const leftOut = ['doc', 'man', 'locale', 'info', 'lintian', 'linda', 'bug', 'zoneinfo'];

/** Seconds since 1970 that stand for the time of every build, so that two builds give the same. */
export const buildEpoch = Date.UTC(2026, 0, 1) / 1000;

/** An image is not there and could not be built; the message has what Debian's tools said. */
export class ImageUnavailableError extends Error {}

export interface DebianTree {
  readonly root: string;
  /** `minbase`: a system that can install packages; `extract`: nothing but the packages' files. */
  readonly variant: 'minbase' | 'extract';
  readonly packages: readonly string[];
  /** Releases that will do, the wanted one first. */
  readonly suites: readonly Suite[];
  /** Further options of dpkg, as `path-exclude=/boot/*`; of those that match a path the last one decides. */
  readonly dpkgOptions?: readonly string[];
  readonly onProgress: (line: string) => void;
}

/**
 * Builds a root file system from Debian's archive. Takes the next release when the archive refuses one; throws
 * `ImageUnavailableError` when it gives none.
 */
export async function buildDebianTree(tree: DebianTree): Promise<void> {
  const failures: string[] = [];
  for (const suite of tree.suites) {
    try {
      await rm(tree.root, { recursive: true, force: true });
      await bootstrap(tree, suite);
      await strip(tree.root);
      return;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failures.push(`${suite}: ${essence(error.stderr)}`);
    }
  }
  throw new ImageUnavailableError(failures.join(' | '));
}

/** The first errors: what follows is their consequence. */
function essence(stderr: string): string {
  const lines = stderr.split('\n').filter(line => /^(?:E|Err\S*): /.test(line));
  return (lines.length > 0 ? lines.slice(0, 2) : stderr.trim().split('\n').slice(-5)).join(' ');
}

async function bootstrap(tree: DebianTree, suite: Suite): Promise<void> {
  const from = (url: string, name: string): string =>
    `deb [signed-by=${keyring}] ${url} ${name} main`;
  await run(
    'mmdebstrap',
    [
      '--mode=root',
      `--variant=${tree.variant}`,
      '--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr',
      '--aptopt=APT::Install-Recommends "false"',
      '--aptopt=Acquire::Languages "none"',
      '--aptopt=Acquire::Retries "3"',
      ...leftOut.map(name => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      ...(tree.dpkgOptions ?? []).map(option => `--dpkgopt=${option}`),
      `--include=${tree.packages.join(',')}`,
      suite,
      tree.root,
      from(archive, suite),
      from(archive, `${suite}-updates`),
      from(security, `${suite}-security`),
    ],
    {
      timeoutMs: 20 * 60_000,
      onErrorLine: tree.onProgress,
      env: { SOURCE_DATE_EPOCH: String(buildEpoch) },
    },
  );
}

/** Removes what is the builder's, or belongs to one machine and not to an image. */
async function strip(root: string): Promise<void> {
  const hostKeys = (await readdir(join(root, 'etc/ssh')).catch(() => [])).filter(name =>
    name.startsWith('ssh_host_'),
  );
  const gone = ['dev', 'etc/hostname', 'etc/resolv.conf', 'etc/apt', 'etc/fstab'];
  for (const path of [...gone, ...hostKeys.map(name => `etc/ssh/${name}`)])
    await rm(join(root, path), { recursive: true, force: true });
  for (const folder of ['dev', 'etc', 'proc', 'sys', 'run', 'tmp', 'root'])
    await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'etc/machine-id'), '');
}

/** What CloudStack calls the tree's system. */
export async function osTypeOf(root: string): Promise<string> {
  const release = await readFile(join(root, 'usr/lib/os-release'), 'utf8').catch(() => '');
  const version = /^VERSION_ID="(\d+)"$/m.exec(release)?.[1];
  return version === undefined ? 'Other Linux (64-bit)' : `Debian GNU/Linux ${version} (64-bit)`;
}

/** `name=version` of the packages installed in the tree. */
export async function installedPackages(root: string): Promise<readonly string[]> {
  const status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8').catch(() => '');
  return status.split('\n\n').flatMap(paragraph => {
    const name = /^Package: (.+)$/m.exec(paragraph)?.[1];
    const version = /^Version: (.+)$/m.exec(paragraph)?.[1];
    return name === undefined || version === undefined ? [] : [`${name}=${version}`];
  });
}
