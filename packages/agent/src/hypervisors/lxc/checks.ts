import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerProfileLoaded, usesAppArmor } from '../../host/apparmor.ts';
import { check, checkProgram, type HostCheck } from '../../host/check.ts';
import { detectControlGroups, runInControlGroupView } from '../../host/control-groups.ts';
import { run } from '../../process/run.ts';

/** What containers need of the machine. */
export function containerChecks(): readonly Promise<HostCheck>[] {
  return [
    ...programs.map(([program, debianPackage]) => checkProgram(program, debianPackage)),
    check('archive keys', 'apt-get install debian-archive-keyring', async () => {
      await access('/usr/share/keyrings/debian-archive-keyring.gpg');
      return 'present';
    }),
    check('overlay file system', 'Use a kernel with CONFIG_OVERLAY_FS (modprobe overlay).', () =>
      inPrivateMounts(folder => [
        `mkdir ${folder}/l ${folder}/u ${folder}/w ${folder}/m`,
        `mount -t overlay overlay -o lowerdir=${folder}/l,upperdir=${folder}/u,workdir=${folder}/w ${folder}/m`,
      ]),
    ),
    check(
      'user namespaces',
      'Allow them: sysctl user.max_user_namespaces=15000 (and kernel.apparmor_restrict_unprivileged_userns is no hindrance to root).',
      userNamespaces,
    ),
    check(
      'control groups',
      'Mount them: the memory, cpu and pids controllers must be available.',
      controlGroups,
    ),
    check(
      'AppArmor',
      'apt-get install apparmor, then apparmor_parser -r /etc/apparmor.d/lxc-containers',
      appArmor,
    ),
  ];
}

/** Programs and the Debian packages that have them. */
const programs = [
  ['lxc-start', 'lxc'],
  ['nsenter', 'util-linux'],
  ['mmdebstrap', 'mmdebstrap'],
] as const;

async function userNamespaces(): Promise<string> {
  await run('unshare', ['--user', '--map-root-user', 'true']);
  return 'work';
}

async function inPrivateMounts(commands: (folder: string) => readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'isola-check-'));
  try {
    const script = commands('"$1"').join(' && ');
    const shell = ['/bin/sh', '-c', script, 'sh', folder];
    await run('unshare', ['--mount', '--propagation', 'private', ...shell]);
    return 'works';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function controlGroups(): Promise<string> {
  const version = await detectControlGroups();
  const file = version === 'v1' ? '/proc/cgroups' : '/sys/fs/cgroup/cgroup.controllers';
  const available = (await runInControlGroupView('cat', [file])).split(/\s+/);
  const missing = ['memory', 'cpu', 'pids'].filter(name => !available.includes(name));
  if (missing.length > 0) throw new Error(`${version}, without ${missing.join(', ')}`);
  return version;
}

async function appArmor(): Promise<string> {
  if (!(await usesAppArmor())) return 'not used by this kernel';
  if (!(await containerProfileLoaded())) throw new Error("LXC's profile is not loaded");
  return "containers run under LXC's default profile";
}
