import { type Installation, IsolaError } from '@isola/model';
import { check, checkProgram, type HostCheck } from '../../host/check.ts';
import { run } from '../../process/run.ts';
import { probeAcceleration } from './acceleration.ts';
import { sharedStorageId } from './disks.ts';
import { openVirsh } from './virsh.ts';

/** What virtual machines need of the machine. */
export function machineChecks(kvm: Installation['kvm']): readonly Promise<HostCheck>[] {
  return [
    ...programs.map(([program, debianPackage]) => checkProgram(program, debianPackage)),
    check(
      'libvirt',
      'Start it: systemctl enable --now libvirtd (journalctl -u libvirtd says why it does not).',
      () => daemonVersion(kvm.libvirtUri),
    ),
    check('tap devices', 'Use a kernel with CONFIG_TUN (modprobe tun).', tapDevices),
    acceleration(kvm.acceleration),
    ...(kvm.sharedStorage === null ? [] : [sharedStorage(kvm.sharedStorage)]),
  ];
}

/** Programs and the Debian packages that have them. */
const programs = [
  ['virsh', 'libvirt-clients'],
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['qemu-img', 'qemu-utils'],
  ['genisoimage', 'genisoimage'],
] as const;

async function daemonVersion(uri: string): Promise<string> {
  const virsh = openVirsh(uri, { patienceMs: 0 });
  try {
    const version = await virsh.run(['version', '--daemon']);
    return /^Running against daemon: (.+)$/m.exec(version)?.[1] ?? 'answers';
  } finally {
    virsh.close();
  }
}

/** Tries one in a network namespace that ends with the command. */
async function tapDevices(): Promise<string> {
  const add = ['ip', 'tuntap', 'add', 'dev', 'tap0', 'mode', 'tap', 'vnet_hdr'];
  await run('unshare', ['--net', ...add]);
  return 'work';
}

/** Machines run without it, about ten times slower. */
async function acceleration(setting: Installation['kvm']['acceleration']): Promise<HostCheck> {
  const found = await check(
    'hardware virtualisation',
    'Switch it on in the firmware (Intel VT-x, AMD-V; nested, in a virtual machine), and modprobe kvm_intel or kvm_amd. Without it, machines are emulated, about ten times slower.',
    async () => {
      if (setting === 'off') return 'not used: kvm.acceleration is off';
      if (await probeAcceleration(setting === 'on')) return 'works';
      throw new Error('no machine runs on /dev/kvm');
    },
  );
  return { ...found, advisory: setting !== 'on' };
}

function sharedStorage(folder: string): Promise<HostCheck> {
  return check('shared storage', `Mount it at ${folder}, writable for root.`, async () => {
    const id = await sharedStorageId(folder);
    if (id === null)
      throw new IsolaError('resource_unavailable', { reason: `${folder} cannot be written` });
    return id;
  });
}
