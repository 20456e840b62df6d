/** One NIC of a router or guest, as the host makes it. */
export interface NicSpec {
  /** Name inside: `eth0`. */
  readonly device: string;
  readonly mac: string;
  /** Where it is plugged in: the control bridge, the public bridge, or the segment of a tag. */
  readonly network:
    | { readonly kind: 'control' }
    | { readonly kind: 'public' }
    | { readonly kind: 'guest'; readonly vlan: number };
  /** Addresses the port may use as a source (IP and ARP); `null` where the owner is trusted (a router's). */
  readonly pinnedAddresses: readonly string[] | null;
  readonly mtu: number;
  /** Bits per second each way, `null` for no limit. */
  readonly rate: number | null;
}

export interface Limits {
  readonly memoryMiB: number;
  /** Hundredths of a core. */
  readonly cpuPercent: number;
}

export interface RouterSpec {
  /** UUID of the router. */
  readonly id: string;
  /** `r-12-vm`. */
  readonly name: string;
  /** Link-local address of eth0; the prefix is /16 and the host's end 169.254.0.1. */
  readonly controlAddress: string;
  readonly nics: readonly NicSpec[];
  readonly limits: Limits;
}

export interface GuestSpec {
  readonly id: string;
  /** Internal name, `i-2-13-VM`. */
  readonly name: string;
  readonly hostname: string;
  /** Name of a template in the host's image folder. */
  readonly template: string;
  /** OpenSSH public keys for root. */
  readonly sshPublicKeys: readonly string[];
  readonly nics: readonly NicSpec[];
  readonly limits: Limits;
}

export interface HostFacts {
  readonly name: string;
  readonly hypervisor: 'LXC';
  readonly cpuCores: number;
  readonly cpuMHz: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  /** Control address of the host's end, `169.254.0.1`. */
  readonly controlGateway: string;
  readonly templates: readonly {
    readonly name: string;
    readonly sizeBytes: number;
    readonly checksum: string;
    readonly osType: string;
  }[];
  /** Checksum of the router image: the template version of routers. */
  readonly routerImage: string;
}

export interface Inventory {
  readonly segments: readonly number[];
  readonly routers: readonly {
    readonly id: string;
    readonly running: boolean;
    readonly reachable: boolean;
  }[];
  readonly guests: readonly { readonly id: string; readonly running: boolean }[];
}
