import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type CpioEntry, encodeCpio } from './cpio.ts';
import { type Kernel, moduleClosure } from './kernel.ts';

/** What it takes to reach a root file system on a virtio disk. ext4 asks for its checksums by name: no list of dependencies shows that. */
const modules = ['virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4', 'overlay'];
const applets = ['sh', 'mount', 'mkdir', 'ln', 'insmod', 'usleep', 'switch_root'];

/**
 * Reads the kernel's parameters: with `rw` the root is as on the disk, else what is written to it stays in memory. Programs open
 * their own input and output by name: elsewhere udev makes those names.
 */
const init = `#!/bin/sh
mkdir -p /proc /sys /dev /root /base /memory
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr
while read -r module; do insmod "/modules/$module"; done < /modules/order
device=/dev/vda2
writable=
read -r parameters < /proc/cmdline
for parameter in $parameters; do
  case $parameter in
    root=*) device=\${parameter#root=} ;;
    rw) writable=1 ;;
  esac
done
until [ -b "$device" ]; do usleep 10000; done
if [ -n "$writable" ]; then
  mount -t ext4 -o noatime "$device" /root
else
  mount -t ext4 -o ro "$device" /base
  mount -t tmpfs -o mode=0755,size=40% memory /memory
  mkdir /memory/upper /memory/work
  mount -t overlay -o lowerdir=/base,upperdir=/memory/upper,workdir=/memory/work root /root
fi
mount -o move /proc /root/proc
mount -o move /sys /root/sys
mount -o move /dev /root/dev
exec switch_root /root /sbin/init
`;

/**
 * The initrd: busybox and the few modules between the kernel and the root file system. `busybox` is the path of a
 * static one. Not packed: unpacking takes longer than reading.
 */
export async function makeInitrd(kernel: Kernel, busybox: string): Promise<Buffer> {
  const paths = await moduleClosure(kernel, modules);
  const folder = (path: string): CpioEntry => ({
    path,
    mode: 0o755,
    content: null,
    kind: 'folder',
  });
  const file = (path: string, mode: number, content: Buffer): CpioEntry => ({
    path,
    mode,
    content,
    kind: 'file',
  });
  const loaded = await Promise.all(
    paths.map(async path => file(join('modules', basename(path)), 0o644, await readFile(path))),
  );
  const order = paths.map(path => `${basename(path)}\n`).join('');
  return encodeCpio([
    folder('bin'),
    folder('modules'),
    file('bin/busybox', 0o755, await readFile(busybox)),
    ...applets.map((name): CpioEntry => {
      return { path: `bin/${name}`, mode: 0o777, content: Buffer.from('busybox'), kind: 'link' };
    }),
    ...loaded,
    file('modules/order', 0o644, Buffer.from(order)),
    file('init', 0o755, Buffer.from(init)),
  ]);
}
