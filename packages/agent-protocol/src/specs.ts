/** What runs routers and guests on a host: containers, virtual machines, or nothing but the server's memory. */
export type HypervisorKind = 'LXC' | 'KVM' | 'Simulator';

/** A guest network's layer-2 segment: its VLAN tag or VXLAN network identifier. */
export interface SegmentRef {
  readonly isolation: 'VLAN' | 'VXLAN';
  readonly id: number;
}

/** A segment as a host makes it. */
export interface SegmentSpec extends SegmentRef {
  /** Traffic label: the host's interface (or bridge) of the physical network; `null` is the host's own choice, on a single machine none. */
  readonly label: string | null;
  /** Largest packet of its guests, in bytes. */
  readonly mtu: number;
  /** VXLAN: underlay addresses of the other hosts that carry the segment. */
  readonly peers: readonly string[];
}

/** A template as hosts know it: by what it contains. */
export interface TemplateRef {
  /** Name for people and messages. */
  readonly name: string;
  /** SHA-256 of its file (of its tree, for an image that the host made itself), in hex. */
  readonly checksum: string;
}

/** A template that a host is to have; it fetches the file from the server by `id`. */
export interface TemplateSpec extends TemplateRef {
  readonly id: string;
  /** `TAR`: a root file system for containers; `ROOTFS`: a tree that the host made itself and cannot fetch. */
  readonly format: 'QCOW2' | 'RAW' | 'TAR' | 'ROOTFS';
  /** Bytes of its file. */
  readonly sizeBytes: number;
}

/** One NIC of a router or guest, as the host makes it. */
export interface NicSpec {
  /** Name inside: `eth0`. */
  readonly device: string;
  readonly mac: string;
  /** Where it is plugged in: the control bridge, the public bridge, or the segment of a tag. */
  readonly network:
    | { readonly kind: 'control' }
    | { readonly kind: 'public' }
    | { readonly kind: 'guest'; readonly segment: SegmentRef };
  /**
   * Addresses the port may use as a source (IP and ARP); `any` where the network leaves them to its guests, which are still held
   * to their MAC; `null` where the owner is trusted (a router's).
   */
  readonly pinnedAddresses: readonly string[] | 'any' | null;
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
  /** The system template that it is made of. */
  readonly template: TemplateRef;
  readonly nics: readonly NicSpec[];
  readonly limits: Limits;
}

export interface GuestSpec {
  readonly id: string;
  /** Internal name, `i-2-13-VM`. */
  readonly name: string;
  readonly hostname: string;
  readonly template: TemplateRef;
  /** Whether it is started elsewhere when its host is lost: its disk is then on the storage that hosts share, and a host cut off from everybody stops it. */
  readonly highlyAvailable: boolean;
  /** OpenSSH public keys for root. */
  readonly sshPublicKeys: readonly string[];
  readonly nics: readonly NicSpec[];
  readonly limits: Limits;
}

export interface HostFacts {
  readonly name: string;
  readonly hypervisor: HypervisorKind;
  /** Version of the hypervisor: `libvirt 9.0.0, QEMU 7.2.0`. */
  readonly hypervisorVersion: string;
  /** Whether virtual machines use the processor's virtualisation; `true` for containers. */
  readonly accelerated: boolean;
  /** Version of the agent's program. */
  readonly agentVersion: string;
  readonly cpuCores: number;
  readonly cpuMHz: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  /** Control address of the host's end, `169.254.0.1`. */
  readonly controlGateway: string;
  /** Address by which other hosts reach this one, and the MTU there; `null` on a single machine. */
  readonly underlay: { readonly address: string; readonly mtu: number } | null;
  /** MTU of its interface for the VLANs of physical networks without a label; `null` without such an interface. */
  readonly guestMtu: number | null;
  /** Whether routers there reach the public network: the host has an interface for it, or is its gateway. */
  readonly reachesPublic: boolean;
  /** Id of the folder for disks that this host shares with others; `null` when it has none. */
  readonly sharedStorage: string | null;
  /** Images that the host made itself, for the containers of one machine; a host that fetches its templates has none. */
  readonly images: {
    readonly router: TemplateRef;
    readonly templates: readonly (TemplateRef & {
      readonly sizeBytes: number;
      readonly osType: string;
    })[];
  } | null;
}

/** How much of a host is used now. */
export interface HostLoad {
  /** Hundredths of all its cores, over the last interval. */
  readonly cpuPercent: number;
  readonly memoryUsedBytes: number;
  readonly disk: { readonly totalBytes: number; readonly freeBytes: number };
  /** Bytes since each instance started, by instance and NIC; counted at the host's end. */
  readonly nics: readonly {
    readonly instanceId: string;
    readonly device: string;
    readonly receivedBytes: number;
    readonly sentBytes: number;
  }[];
}

/** Where a running guest is to go. */
export interface MigrationTarget {
  /** Where the receiving host waits for the guest: underlay address and TCP port. */
  readonly address: string;
  readonly port: number;
  /** Secret of this move, by which the two hosts know each other; 256 bits in hex. */
  readonly key: string;
  /** Whether the disk goes along: the hosts share none. */
  readonly copyDisk: boolean;
}

export interface Inventory {
  readonly segments: readonly SegmentRef[];
  /** Checksums of the templates that the host has, each verified. */
  readonly templates: readonly string[];
  readonly routers: readonly {
    readonly id: string;
    readonly running: boolean;
    readonly reachable: boolean;
  }[];
  readonly guests: readonly { readonly id: string; readonly running: boolean }[];
}
