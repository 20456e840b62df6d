import type { Installation, Underlay, Uplink } from '@isola/model';
import type { Logger } from 'pino';

/** What the agent needs of an installation's settings. */
export interface AgentOptions
  extends Pick<Installation, 'home' | 'imagesFolder' | 'hypervisor' | 'kvm'> {
  readonly publicNetwork: HostPublicNetwork;
  /** Interface (or bridge, or bond) that carries the VLANs of physical networks without a label; `null`: they stay on this machine. */
  readonly guestInterface: string | null;
  /** Where other hosts reach this one; `null` on a machine that is alone. */
  readonly underlay: Underlay | null;
  readonly logger: Logger;
}

/** The public network at one host. A host that joined others is not its gateway: it has an interface for it, or none. */
export interface HostPublicNetwork {
  readonly uplink: Uplink;
  /** `null` on a host that joined. */
  readonly cidr: string | null;
  /** The host's own address on the public bridge, unless the uplink is an interface; `null` on a host that joined. */
  readonly gateway: string | null;
}
