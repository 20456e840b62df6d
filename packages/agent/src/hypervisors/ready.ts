import { access } from 'node:fs/promises';
import type { Installation } from '@isola/model';
import { loadContainerProfiles } from '../host/apparmor.ts';
import { run } from '../process/run.ts';

/** Starts what the hypervisor needs of the machine's own services: installed packages alone do not. */
export async function readyHypervisor({
  hypervisor,
  kvm,
}: Pick<Installation, 'hypervisor' | 'kvm'>): Promise<void> {
  if (hypervisor === 'LXC') await loadContainerProfiles();
  else if (kvm.libvirtUri === 'qemu:///system' && (await runsSystemd()))
    await run('systemctl', ['enable', '--now', 'libvirtd.service', 'virtlogd.socket']);
}

function runsSystemd(): Promise<boolean> {
  return access('/run/systemd/system').then(
    () => true,
    () => false,
  );
}
