import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, tryRun, until } from './exec.ts';
import { type SeenFolder, seeing } from './folders.ts';

/** A libvirt daemon of a test's own, as a host would have: in a network namespace, with folders that only it sees as the system's. */
export interface Libvirtd {
  /** For `virsh --connect`; works from any namespace of the machine. */
  readonly uri: string;
  /** Where the logs of its QEMU processes are: on a host `/var/log/libvirt/qemu`. */
  readonly logs: string;
  /** Ends the daemon without a word, and its domains go on. */
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /** Ends its domains and the daemon. */
  remove(): Promise<void>;
}

/** No systemd, no control groups, no other users: what a test's machine has. */
const qemuConf = [
  'user = "root"',
  'group = "root"',
  'dynamic_ownership = 0',
  'security_driver = "none"',
  'namespaces = []',
  'cgroup_controllers = []',
  'stdio_handler = "file"',
];

/** Folders of the system that the daemon gets as its own. */
const ownFolders = {
  run: '/run/libvirt',
  lib: '/var/lib/libvirt',
  log: '/var/log/libvirt',
  cache: '/var/cache/libvirt',
  etc: '/etc/libvirt',
};

/** The URI of a daemon that writes to the folder. */
export function libvirtUriOf(folder: string): string {
  return `qemu:///system?socket=${folder}/run/libvirt-sock`;
}

/** Starts a daemon in the network namespace; `folder` takes what it writes. It sees `folders` where its host has them. */
export async function startLibvirtd(
  namespace: string,
  folder: string,
  folders: readonly SeenFolder[] = [],
): Promise<Libvirtd> {
  for (const name of Object.keys(ownFolders)) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'etc/qemu.conf'), [...qemuConf, ''].join('\n'));
  const conf = ['auth_unix_rw = "none"', `host_uuid = "${randomUUID()}"`, 'log_level = 3', ''];
  await writeFile(join(folder, 'etc/libvirtd.conf'), conf.join('\n'));
  const uri = libvirtUriOf(folder);
  let daemon: ChildProcess | null = null;
  const libvirtd: Libvirtd = {
    uri,
    logs: join(folder, 'log/qemu'),
    kill: async () => {
      if (daemon === null) return;
      const gone = new Promise(resolve => daemon?.once('exit', resolve));
      if (daemon.kill('SIGKILL')) await gone;
      daemon = null;
    },
    start: async () => {
      daemon = await spawnDaemon(namespace, folder, folders);
      await until('libvirtd', async () => {
        if (daemon?.exitCode !== null)
          throw new Error(`libvirtd ended; see ${folder}/libvirtd.log`);
        const { code } = await tryRun(['virsh', '--connect', uri, 'version']);
        return code === 0;
      });
    },
    remove: async () => {
      if (daemon === null) await libvirtd.start();
      for (const id of (await run(['virsh', '--connect', uri, 'list', '--uuid'])).split('\n'))
        if (id !== '') await run(['virsh', '--connect', uri, 'destroy', id]);
      await libvirtd.kill();
    },
  };
  await libvirtd.start();
  return libvirtd;
}

async function spawnDaemon(
  namespace: string,
  folder: string,
  folders: readonly SeenFolder[],
): Promise<ChildProcess> {
  const log = await open(join(folder, 'libvirtd.log'), 'a');
  try {
    const own = Object.entries(ownFolders).map(([name, at]) => ({
      folder: join(folder, name),
      at,
    }));
    const files = [
      '--config',
      '/etc/libvirt/libvirtd.conf',
      '--pid-file',
      '/run/libvirt/libvirtd.pid',
    ];
    const command = seeing([...own, ...folders], ['libvirtd', ...files]);
    return spawn('ip', ['netns', 'exec', namespace, ...command], {
      stdio: ['ignore', log.fd, log.fd],
    });
  } finally {
    await log.close();
  }
}
