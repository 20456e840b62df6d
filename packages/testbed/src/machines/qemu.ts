import { join } from 'node:path';
import type { HostImage } from './image.ts';

/** NICs of a test host, in the order of their slots. Their names inside are the same with a `0`. */
export const nicNames = ['mgmt', 'trunk', 'public'] as const;
export type NicName = (typeof nicNames)[number];

/** PCI slots: the machine names its NICs by them, and they are the same after a restart. */
const nicSlots: Readonly<Record<NicName, string>> = { mgmt: '0x10', trunk: '0x11', public: '0x12' };

/**
 * The kernel takes an emulated TSC for unstable and reads the time from a device instead, which is slow, and Node asks all the time.
 * An emulator is not in danger of what `mitigations` are against.
 */
const kernelParameters = [
  'root=/dev/vda rw console=ttyS0 random.trust_cpu=on cryptomgr.notests',
  'clocksource=tsc tsc=reliable mitigations=off no5lvl',
].join(' ');

export interface QemuOptions {
  readonly name: string;
  readonly image: HostImage;
  /** qcow2 file of the root disk. */
  readonly disk: string;
  /** File system with the programs of the test bed. */
  readonly inside: string;
  /** Folder for sockets and the console's log. */
  readonly folder: string;
  readonly memoryMiB: number;
  /** `shared`: the file is the machine's memory; `private`: it is read, and changes stay in the process. */
  readonly memory: { readonly file: string; readonly mode: 'shared' | 'private' } | null;
}

export const monitorSocket = (folder: string): string => join(folder, 'monitor.sock');
export const channelSocket = (folder: string): string => join(folder, 'channel.sock');

/**
 * Command line of an emulated host. `-cpu max` emulates AMD's virtualisation, so that it has a `/dev/kvm` of its own; but one
 * instruction (cmpxchg16b) loses flags now and then, and with them the kernel.
 * With a smaller cache (`tb-size`, MiB) the emulator mostly translates again what it had to forget; without the option it takes as
 * much memory as the machine.
 */
export function qemuCommand(options: QemuOptions): string[] {
  const { memory, memoryMiB, image } = options;
  const size = `size=${memoryMiB}M`;
  const ram =
    memory === null
      ? `memory-backend-ram,id=ram,${size}`
      : `memory-backend-file,id=ram,${size},mem-path=${memory.file},share=${memory.mode === 'shared' ? 'on' : 'off'}`;
  return [
    ['qemu-system-x86_64'],
    ['-name', options.name],
    ['-accel', 'tcg,thread=multi,tb-size=512'],
    ['-machine', 'pc,memory-backend=ram', '-object', ram],
    ['-cpu', 'max,cx16=off', '-smp', '2', '-m', `${memoryMiB}`],
    ['-nodefaults', '-no-user-config', '-display', 'none'],
    ['-serial', `file:${join(options.folder, 'console.log')}`],
    ['-qmp', `unix:${monitorSocket(options.folder)},server=on,wait=off`],
    ['-kernel', image.kernel, '-initrd', image.initrd],
    ['-append', kernelParameters],
    ['-device', 'virtio-serial-pci,addr=0x5'],
    ['-chardev', `socket,id=channel,path=${channelSocket(options.folder)},server=on,wait=off`],
    ['-device', 'virtserialport,chardev=channel,name=isola.testbed'],
    ['-drive', `if=none,id=root,format=qcow2,cache=unsafe,discard=unmap,file=${options.disk}`],
    ['-device', 'virtio-blk-pci,drive=root,addr=0x6'],
    ['-drive', `if=none,id=inside,format=raw,readonly=on,file=${options.inside}`],
    ['-device', 'virtio-blk-pci,drive=inside,addr=0x7'],
    ['-device', 'virtio-rng-pci,addr=0x8'],
    ['-device', 'vmgenid,guid=auto'],
  ].flat();
}

/** Back end of a NIC: the tap interface `tap` of the namespace that QEMU runs in. */
export function tapOption(nic: NicName, tap: string): string[] {
  return ['-netdev', `tap,id=${nic},ifname=${tap},script=no,downscript=no`];
}

/** A disk that is plugged in later, as `/dev/vdc`. */
export function driveOption(id: string, file: string): string[] {
  return ['-drive', `if=none,id=${id},format=qcow2,cache=unsafe,file=${file}`];
}

export function driveDevice(id: string): Readonly<Record<string, string>> {
  return { driver: 'virtio-blk-pci', id: `disk-${id}`, drive: id, addr: '0x13' };
}

/** A NIC as QEMU's device; `id` and `netdev` are its name. */
export function nicDevice(nic: NicName, mac: string): Readonly<Record<string, string>> {
  return { driver: 'virtio-net-pci', id: nic, netdev: nic, mac, addr: nicSlots[nic] };
}
