import { detectControlGroups } from '../host/control-groups.ts';
import type { AgentOptions } from '../host/options.ts';
import { openImages } from '../images/build.ts';
import type { Instances } from '../instances.ts';
import type { Names } from '../names.ts';
import type { SshKeyPair } from '../routers/key-pair.ts';
import type { Hypervisor } from './hypervisor.ts';
import { LxcHypervisor } from './lxc/hypervisor.ts';

export interface HypervisorParts {
  readonly names: Names;
  readonly instances: Instances;
  readonly keyPair: SshKeyPair;
  /** Called when a watched instance stopped without being told to. */
  readonly onGone: (id: string) => void;
}

/** Opens the driver of the hypervisor that the host is set up with. */
export async function openHypervisor(
  { home, hypervisor }: AgentOptions,
  parts: HypervisorParts,
): Promise<Hypervisor> {
  switch (hypervisor) {
    case 'LXC':
      return new LxcHypervisor({
        ...parts,
        images: await openImages(home),
        controlGroups: await detectControlGroups(),
      });
    case 'KVM':
      throw new Error('hosts with virtual machines are not supported yet');
  }
}
