import { detectControlGroups } from '../host/control-groups.ts';
import type { AgentOptions } from '../host/options.ts';
import { openImages } from '../images/build.ts';
import type { Instances } from '../instances.ts';
import type { Names } from '../names.ts';
import { messageOf } from '../process/teardown.ts';
import type { SshKeyPair } from '../routers/key-pair.ts';
import type { RouterLinks } from '../routers/links.ts';
import type { TemplateCache } from '../templates/template-cache.ts';
import type { Hypervisor } from './hypervisor.ts';
import { isAccelerated } from './libvirt/acceleration.ts';
import { LibvirtHypervisor } from './libvirt/hypervisor.ts';
import { Machines } from './libvirt/machines.ts';
import { RouterMachines } from './libvirt/router-machines.ts';
import { openVirsh } from './libvirt/virsh.ts';
import { LxcHypervisor } from './lxc/hypervisor.ts';

export interface HypervisorParts {
  readonly names: Names;
  readonly instances: Instances;
  readonly templates: TemplateCache;
  readonly keyPair: SshKeyPair;
  readonly links: RouterLinks;
  /** Called when a watched instance stopped without being told to. */
  readonly onGone: (id: string) => void;
}

/** Opens the driver of the hypervisor that the host is set up with. */
export async function openHypervisor(
  options: AgentOptions,
  parts: HypervisorParts,
): Promise<Hypervisor> {
  switch (options.hypervisor) {
    case 'LXC':
      return new LxcHypervisor({
        ...parts,
        images: await openImages(options.home),
        controlGroups: await detectControlGroups(),
      });
    case 'KVM':
      return openLibvirt(options, parts);
  }
}

async function openLibvirt(
  { kvm, underlay, logger }: AgentOptions,
  parts: HypervisorParts,
): Promise<Hypervisor> {
  const virsh = openVirsh(kvm.libvirtUri);
  const machines = new Machines({
    ...parts,
    virsh,
    onUnlimited: reason =>
      logger.warn(`CPU limits of virtual machines are not kept: ${messageOf(reason)}`),
  });
  const accelerated = await isAccelerated(kvm.acceleration);
  const common = { ...parts, virsh, machines, accelerated, logger };
  return new LibvirtHypervisor({
    ...common,
    sharedStorage: kvm.sharedStorage,
    libvirtUri: kvm.libvirtUri,
    address: underlay?.address ?? null,
    routers: new RouterMachines(common),
    runInRouter: (id, command, options) => parts.links.of(id).run(command, options),
  });
}
