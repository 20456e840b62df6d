import { z } from 'zod';

/** What one installation on one machine is set up with: the configuration file's settings, resolved. */
export interface Installation {
  /** Absolute folder of all state. */
  readonly home: string;
  readonly imagesFolder: string;
  /** What runs routers and guests on this machine: containers, or virtual machines. */
  readonly hypervisor: 'LXC' | 'KVM';
  /** What matters where the hypervisor is KVM. */
  readonly kvm: {
    readonly libvirtUri: string;
    /** Whether virtual machines run on the processor's virtualisation; `auto` tries it out. */
    readonly acceleration: 'auto' | 'on' | 'off';
    /** Folder that this host shares with others, for the disks of highly available guests; `null` when it has none. */
    readonly sharedStorage: string | null;
  };
  /** Where the API listens. Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Where agents of other hosts dial in; `null` on a machine that is alone. */
  readonly agents: {
    readonly listen: { readonly host: string; readonly port: number };
    /** Names and addresses by which other hosts reach this server. */
    readonly advertise: readonly string[];
  } | null;
  readonly databaseUrl: string;
  readonly zone: {
    readonly name: string;
    readonly dns: readonly string[];
    /** Guest networks made without a gateway get this one. */
    readonly guestCidr: string;
    readonly networkDomain: string;
  };
  readonly publicNetwork: {
    readonly cidr: string;
    readonly gateway: string;
    readonly first: string;
    readonly last: string;
    readonly uplink: Uplink;
  };
  readonly guestNetwork: GuestNetworkSettings;
  /** Where other hosts reach this one; `null` on a machine that is alone. */
  readonly underlay: Underlay | null;
  /** `null`: made at random at the first start. */
  readonly adminPassword: string | null;
  /** Whether this machine is a host itself. */
  readonly localHost: boolean;
  /** Whether there is no zone to begin with: the cloud is built through the API. */
  readonly empty: boolean;
  /** Hosts that exist in the server's memory only; `null` in an installation of real ones. */
  readonly simulator: SimulatorSettings | null;
}

/** Simulated hosts, and how they behave from the beginning. */
export interface SimulatorSettings {
  /** Hosts that the zone has at least. */
  readonly hosts: number;
  /** Seconds that jobs wait for a failure to pass. */
  readonly patience: number;
  /** What goes wrong on all hosts, as `configureSimulator` takes it. */
  readonly mocks: readonly { readonly name: string; readonly value: string }[];
}

/** How networks of tenants are kept apart between hosts, and the tags they are given. */
export interface GuestNetworkSettings {
  readonly isolation: 'VLAN' | 'VXLAN';
  /** First and last VLAN tag, or VXLAN network identifier. */
  readonly first: number;
  readonly last: number;
  /** This machine's interface (or bridge, or bond) that carries the tags of VLANs; `null`: nothing leaves the machine tagged. */
  readonly interface: string | null;
}

/** A host's place on the network that carries VXLAN and migrations between hosts. */
export interface Underlay {
  readonly address: string;
  /** `null`: the interface that holds the address. */
  readonly interface: string | null;
}

/** How the public network leaves the machine: translated to the machine's own address, not at all, or bridged to an interface. */
export type Uplink =
  | { readonly kind: 'nat' }
  | { readonly kind: 'none' }
  | { readonly kind: 'interface'; readonly name: string };

/** Reads the settings that `isola up` hands to the processes it starts. */
export const installationSchema: z.ZodType<Installation> = z.strictObject({
  home: z.string(),
  imagesFolder: z.string(),
  hypervisor: z.enum(['LXC', 'KVM']),
  kvm: z.strictObject({
    libvirtUri: z.string(),
    acceleration: z.enum(['auto', 'on', 'off']),
    sharedStorage: z.string().nullable(),
  }),
  listen: z.strictObject({ host: z.string(), port: z.int() }),
  agents: z
    .strictObject({
      listen: z.strictObject({ host: z.string(), port: z.int() }),
      advertise: z.array(z.string()),
    })
    .nullable(),
  databaseUrl: z.string(),
  zone: z.strictObject({
    name: z.string(),
    dns: z.array(z.string()),
    guestCidr: z.string(),
    networkDomain: z.string(),
  }),
  publicNetwork: z.strictObject({
    cidr: z.string(),
    gateway: z.string(),
    first: z.string(),
    last: z.string(),
    uplink: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('nat') }),
      z.strictObject({ kind: z.literal('none') }),
      z.strictObject({ kind: z.literal('interface'), name: z.string() }),
    ]),
  }),
  guestNetwork: z.strictObject({
    isolation: z.enum(['VLAN', 'VXLAN']),
    first: z.int(),
    last: z.int(),
    interface: z.string().nullable(),
  }),
  underlay: z.strictObject({ address: z.string(), interface: z.string().nullable() }).nullable(),
  adminPassword: z.string().nullable(),
  localHost: z.boolean(),
  empty: z.boolean(),
  simulator: z
    .strictObject({
      hosts: z.int(),
      patience: z.number(),
      mocks: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    })
    .nullable(),
});
