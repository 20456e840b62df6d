import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../process/run.ts';
import { messageOf } from '../process/teardown.ts';
import { containerProfileLoaded, usesAppArmor } from './apparmor.ts';
import { detectControlGroups, runInControlGroupView } from './control-groups.ts';
import { aloneInNamespace } from './neighbours.ts';

/** One thing that a host must have; `fix` says what to do when it does not. */
export interface HostCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix: string;
}

/**
 * Checks the machine for the installation of a home; changes nothing on it that outlasts the check. For `isola doctor`.
 * Who is not root cannot try the rest.
 */
export async function hostChecks(home: string): Promise<readonly HostCheck[]> {
  const root = await check('root', 'Run as root.', () =>
    process.getuid?.() === 0 ? 'running as root' : Promise.reject(new Error('not root')),
  );
  return root.ok ? [root, ...(await checksAsRoot(home))] : [root];
}

function checksAsRoot(home: string): Promise<readonly HostCheck[]> {
  return Promise.all([
    ...programs.map(([program, debianPackage]) =>
      check(`program ${program}`, `apt-get install ${debianPackage}`, () => findProgram(program)),
    ),
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
    check('bridge, cables and packet filter', kernelFix, networkFeatures),
    check(
      'network namespace',
      'Stop the other installation with `isola down --home HOME`, or run this one in a namespace of its own: ip netns exec NAME npm run up',
      () => aloneInNamespace(home),
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
  ]);
}

const kernelFix =
  'Use a kernel with BRIDGE, VETH, NF_TABLES, NF_TABLES_NETDEV, NF_CONNTRACK and NF_NAT (modprobe bridge veth nf_tables).';

/** Programs and the Debian packages that have them. */
const programs = [
  ['lxc-start', 'lxc'],
  ['ip', 'iproute2'],
  ['bridge', 'iproute2'],
  ['tc', 'iproute2'],
  ['nft', 'nftables'],
  ['conntrack', 'conntrack'],
  ['nsenter', 'util-linux'],
  ['unshare', 'util-linux'],
  ['flock', 'util-linux'],
  ['sysctl', 'procps'],
  ['mmdebstrap', 'mmdebstrap'],
] as const;

async function check(
  name: string,
  fix: string,
  look: () => string | Promise<string>,
): Promise<HostCheck> {
  try {
    return { name, ok: true, detail: await look(), fix: '' };
  } catch (error) {
    return { name, ok: false, detail: messageOf(error), fix };
  }
}

async function findProgram(program: string): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const path = join(folder, program);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error('not found');
}

/** Tries the features in a network namespace that ends with the command. */
async function networkFeatures(): Promise<string> {
  const script = [
    'ip link add name bridge0 type bridge',
    'ip link add name port0 type veth peer name port1',
    'ip link set dev port0 master bridge0',
    'ip link set dev port0 type bridge_slave isolated on',
    'nft -f -',
  ].join(' && ');
  const rules = [
    'table netdev t { chain c { type filter hook ingress device "port0" priority 0; ether type arp accept; }; }',
    'table inet t { chain c { type filter hook input priority 0; ct state established accept; }; }',
    'table ip t { chain c { type nat hook postrouting priority srcnat; masquerade; }; }',
  ].join('\n');
  await run('unshare', ['--net', '/bin/sh', '-c', script], { input: `${rules}\n` });
  return 'work';
}

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
