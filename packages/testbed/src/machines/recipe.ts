import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagesFor } from '@isola/cli';

/** Packages and files of a test host. */
export const hostImageFolder = fileURLToPath(new URL('../../host-image/', import.meta.url));

/** What runs inside of the test bed: the built channel and probes. */
export const insideFolder = fileURLToPath(new URL('../../dist/', import.meta.url));

/** The channel's program in a machine. */
export const channelProgram = '/opt/testbed/channel/main.js';

/** Password of root: `addHost` is given one. */
export const rootPassword = 'isola-test';

/** Drivers that no emulated machine has, as folders of `kernel/`. */
export const driversLeftOut = [
  'drivers/gpu',
  'drivers/hwmon',
  'drivers/iio',
  'drivers/infiniband',
  'drivers/media',
  'drivers/net/wireless',
  'drivers/staging',
  'drivers/thunderbolt',
  'drivers/usb',
  'drivers/video',
  'sound',
];

/** Services that only make a start slower. Tests start those that they need. */
export const servicesOff = [
  'apt-daily-upgrade.timer',
  'apt-daily.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'libvirt-guests.service',
  'logrotate.timer',
  'lxc-net.service',
  'lxc.service',
  'nfs-blkmap.service',
  'nfs-server.service',
  'postgresql.service',
  'systemd-networkd-wait-online.service',
];

export const servicesOn = ['systemd-networkd.service', 'testbed-channel.service'];

/** Raise when the way of building changes in a way that its inputs do not show. */
const version = 1;

/** Debian packages of a test host, sorted. */
export async function hostPackages(): Promise<readonly string[]> {
  const text = await readFile(join(hostImageFolder, 'packages.txt'), 'utf8');
  const own = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return [...new Set([...own, ...packagesFor('product', 'containers', 'kvm', 'database')])].sort();
}

/** Names everything that decides what the image is. */
export async function imageHash(): Promise<string> {
  const hash = createHash('sha256');
  const lists = [driversLeftOut, servicesOff, servicesOn, await hostPackages()];
  hash.update(JSON.stringify([version, rootPassword, ...lists]));
  await hashTree(hash, join(hostImageFolder, 'root'));
  return hash.digest('hex').slice(0, 12);
}

/** Names what runs inside beside the image. */
export async function insideHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of insideFolders) await hashTree(hash, join(insideFolder, folder));
  return hash.digest('hex').slice(0, 12);
}

/** Folders of `insideFolder` that go into machines. */
export const insideFolders = ['channel', 'probe'];

async function hashTree(hash: ReturnType<typeof createHash>, folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(entry => entry.isFile() && !entry.name.endsWith('.map'))
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file.slice(folder.length)).update(await readFile(file));
}
