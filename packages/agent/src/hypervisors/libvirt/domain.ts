import type { Limits } from '@isola/agent-protocol';
import { element, renderXml, type XmlElement } from './xml.ts';

/** One image file and what it stands on. */
export interface DiskImage {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
  readonly backing: DiskImage | null;
}

export interface DomainDisk extends DiskImage {
  /** `vda`. */
  readonly target: string;
  readonly readOnly: boolean;
  /** On storage that hosts share: nothing of it may stay in this host's cache. */
  readonly shared: boolean;
}

export interface DomainNic {
  /** Tap device on the host, which exists. */
  readonly port: string;
  readonly mac: string;
  readonly mtu: number;
}

/** A port of virtio-serial by which host and guest talk. */
export interface DomainChannel {
  /** `org.qemu.guest_agent.0`: inside, `/dev/virtio-ports/` has it by this name. */
  readonly name: string;
  /** Socket on the host; `null` where libvirt chooses. */
  readonly socket: string | null;
}

export interface DomainSettings {
  readonly name: string;
  readonly uuid: string;
  /** Whether it runs on the processor's virtualisation; else it is emulated. */
  readonly accelerated: boolean;
  readonly limits: Limits;
  /** Whether the host can hold it to its share of the processors. */
  readonly limitsCpu: boolean;
  /** Started without a boot loader; `null` boots from the first disk. */
  readonly kernel: {
    readonly file: string;
    readonly initrd: string | null;
    readonly commandLine: string;
  } | null;
  readonly disks: readonly DomainDisk[];
  readonly nics: readonly DomainNic[];
  readonly channels: readonly DomainChannel[];
  /** Takes what it writes to its first serial port. */
  readonly consoleLog: string;
  /** Changes when the machine is another than before although its memory is not: a clone. */
  readonly generationId: string;
  /** What happens when the machine restarts itself. */
  readonly onReboot: 'restart' | 'destroy';
  /** Further arguments of QEMU, for what libvirt has no element. */
  readonly qemuArguments: readonly string[];
}

const cpuPeriod = 100_000;
/** Shares of one full core: libvirt's own default. */
const coreShares = 1_024;
/** Without it an emulator keeps half a gigabyte of translated code for each machine. */
const translationCacheMiB = 64;

/** libvirt's definition of a virtual machine. Throws on values that XML cannot carry. */
export function renderDomain(settings: DomainSettings): string {
  const { name, uuid, accelerated, limits, qemuArguments } = settings;
  const memory = String(limits.memoryMiB);
  return renderXml(
    element(
      'domain',
      {
        type: accelerated ? 'kvm' : 'qemu',
        ...(qemuArguments.length > 0
          ? { 'xmlns:qemu': 'http://libvirt.org/schemas/domain/qemu/1.0' }
          : {}),
      },
      element('name', {}, name),
      element('uuid', {}, uuid),
      element('genid', {}, settings.generationId),
      element('memory', { unit: 'MiB' }, memory),
      element('vcpu', {}, String(coresOf(limits))),
      settings.limitsCpu ? cpuTune(limits) : null,
      operatingSystem(settings),
      features(settings),
      processor(accelerated),
      element(
        'clock',
        { offset: 'utc' },
        element('timer', { name: 'rtc', tickpolicy: 'catchup' }),
        element('timer', { name: 'pit', tickpolicy: 'delay' }),
        element('timer', { name: 'hpet', present: 'no' }),
      ),
      element('on_poweroff', {}, 'destroy'),
      element('on_reboot', {}, settings.onReboot),
      element('on_crash', {}, 'destroy'),
      devices(settings),
      qemuArguments.length === 0
        ? null
        : element(
            'qemu:commandline',
            {},
            ...qemuArguments.map(value => element('qemu:arg', { value })),
          ),
    ),
  );
}

/** The element of one NIC, as it is plugged into a running machine. */
export function renderNic(nic: DomainNic): string {
  return renderXml(nicElement(nic));
}

/** The emulator of Debian 12 loses flags in one instruction (cmpxchg16b), now and then, and with them the kernel. */
function processor(accelerated: boolean): XmlElement {
  return accelerated
    ? element('cpu', { mode: 'host-model' })
    : element('cpu', { mode: 'maximum' }, element('feature', { policy: 'disable', name: 'cx16' }));
}

/** Virtual processors: whole ones, of which the quota takes back what is too much. */
function coresOf({ cpuPercent }: Limits): number {
  return Math.max(1, Math.ceil(cpuPercent / 100));
}

function cpuTune(limits: Limits): XmlElement {
  const perCore = (limits.cpuPercent / 100 / coresOf(limits)) * cpuPeriod;
  const shares = Math.max(2, Math.round((limits.cpuPercent / 100) * coreShares));
  return element(
    'cputune',
    {},
    element('shares', {}, String(shares)),
    element('period', {}, String(cpuPeriod)),
    element('quota', {}, String(Math.max(1_000, Math.round(perCore)))),
  );
}

function operatingSystem({ kernel }: DomainSettings): XmlElement {
  const initrd = kernel?.initrd ?? null;
  return element(
    'os',
    {},
    // Plain PCI: NICs are plugged in at run time without ports kept free for them.
    element('type', { arch: 'x86_64', machine: 'pc' }, 'hvm'),
    kernel && element('kernel', {}, kernel.file),
    initrd === null ? null : element('initrd', {}, initrd),
    kernel && element('cmdline', {}, kernel.commandLine),
    kernel === null ? element('boot', { dev: 'hd' }) : null,
    // What the firmware says goes into the console's log: why a disk does not boot.
    element('bios', { useserial: 'yes' }),
  );
}

function features({ accelerated }: DomainSettings): XmlElement {
  return element(
    'features',
    {},
    element('acpi'),
    element('apic'),
    accelerated
      ? null
      : element('tcg', {}, element('tb-cache', { unit: 'MiB' }, String(translationCacheMiB))),
  );
}

function devices(settings: DomainSettings): XmlElement {
  return element(
    'devices',
    {},
    element('emulator', {}, '/usr/bin/qemu-system-x86_64'),
    ...settings.disks.map(diskElement),
    element('controller', { type: 'usb', model: 'none' }),
    ...settings.nics.map(nicElement),
    element(
      'serial',
      { type: 'pty' },
      element('log', { file: settings.consoleLog, append: 'on' }),
      element('target', { port: 0 }),
    ),
    element('console', { type: 'pty' }, element('target', { type: 'serial', port: 0 })),
    ...settings.channels.map(channelElement),
    element('memballoon', { model: 'virtio' }),
    element('rng', { model: 'virtio' }, element('backend', { model: 'random' }, '/dev/urandom')),
  );
}

function diskElement(disk: DomainDisk): XmlElement {
  const cache = disk.shared ? { cache: 'none' } : {};
  return element(
    'disk',
    { type: 'file', device: 'disk' },
    element('driver', { name: 'qemu', type: disk.format, discard: 'unmap', ...cache }),
    element('source', { file: disk.file }),
    backingElement(disk.backing),
    element('target', { dev: disk.target, bus: 'virtio' }),
    disk.readOnly ? element('readonly') : null,
  );
}

/** Named to its end, so that no header of a file, which a tenant may have written, decides what is opened. */
function backingElement(backing: DiskImage | null): XmlElement {
  if (backing === null) return element('backingStore');
  return element(
    'backingStore',
    { type: 'file' },
    element('format', { type: backing.format }),
    element('source', { file: backing.file }),
    backingElement(backing.backing),
  );
}

function nicElement({ port, mac, mtu }: DomainNic): XmlElement {
  return element(
    'interface',
    { type: 'ethernet' },
    element('mac', { address: mac }),
    element('target', { dev: port, managed: 'no' }),
    element('model', { type: 'virtio' }),
    element('mtu', { size: mtu }),
    // Nothing boots from the network, and asking whether to takes seconds.
    element('rom', { enabled: 'no' }),
  );
}

function channelElement({ name, socket }: DomainChannel): XmlElement {
  return element(
    'channel',
    { type: 'unix' },
    element('source', socket === null ? { mode: 'bind' } : { mode: 'bind', path: socket }),
    element('target', { type: 'virtio', name }),
  );
}
