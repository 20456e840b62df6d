import { rm } from 'node:fs/promises';
import { Instances, instancesFolder } from '../../instances.ts';
import type { Names } from '../../names.ts';
import { inParallel } from '../../process/parallel.ts';
import { Machines } from './machines.ts';
import { openVirsh } from './virsh.ts';

export interface MachinesTeardown {
  readonly home: string;
  readonly names: Names;
  readonly libvirtUri: string;
  /** Also removes definitions and disks, but for those on shared storage. */
  readonly purge: boolean;
}

/** Machines ended at a time. */
const width = 4;

/** Stops every virtual machine of the installation. Asks libvirt nothing when there is none. */
export async function teardownMachines(options: MachinesTeardown): Promise<void> {
  const folder = instancesFolder(options.home, 'KVM');
  const instances = new Instances(folder, options.names);
  const ids = await instances.list();
  if (ids.length === 0) return;
  const virsh = openVirsh(options.libvirtUri);
  const machines = new Machines({ ...options, instances, virsh, onUnlimited: () => undefined });
  try {
    await inParallel(ids, width, id =>
      options.purge ? machines.undefine(id) : machines.stop(id, null),
    );
  } finally {
    virsh.close();
  }
  if (options.purge) await rm(folder, { recursive: true, force: true });
}
