import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../world/exec.ts';
import { made } from './cache.ts';
import {
  driversLeftOut,
  hostImageFolder,
  hostPackages,
  imageHash,
  rootPassword,
  servicesOff,
  servicesOn,
} from './recipe.ts';

/** A test host's disk, and what boots it. */
export interface HostImage {
  readonly folder: string;
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

const archive = 'http://deb.debian.org';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const suite = 'bookworm';
/** Sparse: what is not written takes no room. */
const diskSize = '12G';

/** The image in `cache`, built when it is not there. `say` hears what is being done. */
export async function hostImage(cache: string, say: (line: string) => void): Promise<HostImage> {
  const name = `host-${await imageHash()}`;
  const folder = join(cache, name);
  const image = {
    folder,
    disk: join(folder, 'disk.raw'),
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.img'),
  };
  await made(cache, name, async building => {
    const root = join(building, 'root');
    say('Debian for test hosts: installing packages');
    await installDebian(root);
    say('Debian for test hosts: writing the disk');
    await writeDisk(root, building);
    await rm(root, { recursive: true });
  });
  return image;
}

async function installDebian(root: string): Promise<void> {
  const from = (path: string, name: string): string =>
    `deb [signed-by=${keyring}] ${archive}/${path} ${name} main`;
  const leftOut = [
    ...['doc', 'man', 'locale', 'info', 'lintian', 'bug'].map(name => `/usr/share/${name}/*`),
    ...driversLeftOut.map(name => `/lib/modules/*/kernel/${name}/*`),
  ];
  await run(
    [
      'mmdebstrap',
      '--mode=root',
      '--variant=minbase',
      '--quiet',
      '--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr',
      '--aptopt=APT::Install-Recommends "false"',
      '--aptopt=Acquire::Languages "none"',
      '--aptopt=Acquire::Retries "3"',
      ...leftOut.map(path => `--dpkgopt=path-exclude=${path}`),
      // Before the packages: what they do at installation depends on some of these files.
      '--essential-hook=copy-in etc usr /',
      `--include=${(await hostPackages()).join(',')}`,
      suite,
      root,
      from('debian', suite),
      from('debian', `${suite}-updates`),
      from('debian-security', `${suite}-security`),
    ],
    { timeout: 20 * 60_000, cwd: join(hostImageFolder, 'root') },
  );
  const inside = ['chroot', root];
  await run([...inside, 'systemctl', 'enable', ...servicesOn]);
  await run([...inside, 'systemctl', 'disable', ...servicesOff]);
  await run([...inside, 'usermod', '--password', await hashed(rootPassword), 'root']);
  // Each machine gets its own. Without one systemd would enable whatever there is at the first start.
  await writeFile(join(root, 'etc/machine-id'), `${'0'.repeat(31)}1\n`);
  await writeFile(join(root, 'etc/hostname'), 'testhost\n');
  await mkdir(join(root, 'opt/testbed'), { recursive: true });
}

async function hashed(password: string): Promise<string> {
  return (await run(['openssl', 'passwd', '-6', password])).trim();
}

async function writeDisk(root: string, folder: string): Promise<void> {
  for (const [from, to] of [
    ['vmlinuz-', 'vmlinuz'],
    ['initrd.img-', 'initrd.img'],
  ] as const) {
    const found = (await readdir(join(root, 'boot'))).find(name => name.startsWith(from));
    if (found === undefined) throw new Error(`the image has no /boot/${from}*`);
    await run(['cp', join(root, 'boot', found), join(folder, to)]);
  }
  const disk = join(folder, 'disk.raw');
  await run(['mke2fs', '-q', '-t', 'ext4', '-L', 'host', '-d', root, disk, diskSize], {
    timeout: 5 * 60_000,
  });
}
