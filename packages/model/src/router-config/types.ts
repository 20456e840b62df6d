import * as z from 'zod';

/**
 * The whole desired state of one router. The header is small and changes rarely; the collections are keyed
 * by id, grow large, and change by deltas. Every value is canonical: addresses dotted without leading zeros,
 * CIDRs with host bits cleared, lists sorted and free of duplicates.
 */

const ipv4Text = z.string().regex(/^(?:\d{1,3}\.){3}\d{1,3}$/);
const cidrText = z.string().regex(/^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/);
const macText = z.string().regex(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/);
const port = z.number().int().min(1).max(65535);
const id = z.string().min(1).max(64);
const hostLabel = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
const domainName = z.string().regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}$/);

export const portRangeSchema = z.strictObject({ first: port, last: port });

/** What a firewall or egress rule matches beyond addresses. `all` is any protocol. ICMP type or code -1 is any. */
export const trafficMatchSchema = z.discriminatedUnion('protocol', [
  z.strictObject({ protocol: z.enum(['tcp', 'udp']), ports: portRangeSchema }),
  z.strictObject({
    protocol: z.literal('icmp'),
    type: z.number().int().min(-1).max(255),
    code: z.number().int().min(-1).max(255),
  }),
  z.strictObject({ protocol: z.literal('all') }),
]);

export const headerSchema = z.strictObject({
  /** Host name of the router, `r-12-vm`. */
  name: hostLabel,
  control: z.strictObject({ address: ipv4Text, prefix: z.number().int(), gateway: ipv4Text }),
  /** `gateway`: of the guests, where that is not the router, which then only serves them; absent where it is. */
  guest: z.strictObject({
    address: ipv4Text,
    cidr: cidrText,
    mac: macText,
    mtu: z.number().int(),
    gateway: ipv4Text.optional(),
  }),
  /** `null` for a network without a public side. Addresses on eth2: the first is the router's own. */
  public: z
    .strictObject({
      mac: macText,
      prefix: z.number().int(),
      gateway: ipv4Text,
      mtu: z.number().int(),
    })
    .nullable(),
  /** Address that leaves as source NAT; `null` without that service. */
  sourceNat: ipv4Text.nullable(),
  egressDefault: z.enum(['allow', 'deny']),
  dhcp: z.boolean(),
  dns: z.boolean(),
  domain: domainName,
  /** Upstream DNS servers: forwarded to when `dns`, handed out when not. */
  nameservers: z.array(ipv4Text),
});

/**
 * An address that the router holds. `prefix`: length of its subnet where that is not the one of the header; several subnets share
 * the public segment. Absent where it is the header's.
 */
export const publicAddressSchema = z.strictObject({
  id,
  address: ipv4Text,
  prefix: z.number().int().min(1).max(32).optional(),
});
/**
 * One guest NIC: DHCP reservation and DNS name. `id` is the NIC's. `secondary`: the guest's default route and DNS servers are
 * those of another NIC; absent where they are this one's.
 */
export const hostSchema = z.strictObject({
  id,
  mac: macText,
  address: ipv4Text,
  name: hostLabel,
  secondary: z.literal(true).optional(),
});
/** Opens traffic to a public address. An empty `sources` opens to nobody; `0.0.0.0/0` to everybody. */
export const firewallRuleSchema = z.strictObject({
  id,
  publicAddress: ipv4Text,
  match: trafficMatchSchema,
  sources: z.array(cidrText),
});
/** An exception to `egressDefault`. `destinations` empty means any. */
export const egressRuleSchema = z.strictObject({
  id,
  match: trafficMatchSchema,
  sources: z.array(cidrText),
  destinations: z.array(cidrText),
});
/** Public and private ranges have the same length, or the private one has length 1. */
export const portForwardSchema = z.strictObject({
  id,
  publicAddress: ipv4Text,
  protocol: z.enum(['tcp', 'udp']),
  publicPorts: portRangeSchema,
  guestAddress: ipv4Text,
  guestPorts: portRangeSchema,
});
export const staticNatSchema = z.strictObject({
  id,
  publicAddress: ipv4Text,
  guestAddress: ipv4Text,
});

/** The collections by name; adding a service adds one here. */
export const collectionSchemas = {
  publicAddresses: publicAddressSchema,
  hosts: hostSchema,
  firewall: firewallRuleSchema,
  egress: egressRuleSchema,
  portForwards: portForwardSchema,
  staticNats: staticNatSchema,
} as const;

export type CollectionName = keyof typeof collectionSchemas;
export const collectionNames = Object.keys(collectionSchemas) as readonly CollectionName[];

export type RouterHeader = z.infer<typeof headerSchema>;
export type TrafficMatch = z.infer<typeof trafficMatchSchema>;
export type PortRange = z.infer<typeof portRangeSchema>;
export type PublicAddress = z.infer<typeof publicAddressSchema>;
export type RouterHost = z.infer<typeof hostSchema>;
export type FirewallRule = z.infer<typeof firewallRuleSchema>;
export type EgressRule = z.infer<typeof egressRuleSchema>;
export type PortForward = z.infer<typeof portForwardSchema>;
export type StaticNat = z.infer<typeof staticNatSchema>;

export type CollectionItem<N extends CollectionName> = z.infer<(typeof collectionSchemas)[N]>;
export type Collections = { readonly [N in CollectionName]: readonly CollectionItem<N>[] };

/** Wire form of a whole configuration. */
export const routerConfigSchema = z.strictObject({
  generation: z.number().int().nonnegative(),
  header: headerSchema,
  collections: z.strictObject({
    publicAddresses: z.array(publicAddressSchema),
    hosts: z.array(hostSchema),
    firewall: z.array(firewallRuleSchema),
    egress: z.array(egressRuleSchema),
    portForwards: z.array(portForwardSchema),
    staticNats: z.array(staticNatSchema),
  }),
});
export type RouterConfig = z.infer<typeof routerConfigSchema>;

const partialCollections = z.strictObject({
  publicAddresses: z.array(publicAddressSchema).optional(),
  hosts: z.array(hostSchema).optional(),
  firewall: z.array(firewallRuleSchema).optional(),
  egress: z.array(egressRuleSchema).optional(),
  portForwards: z.array(portForwardSchema).optional(),
  staticNats: z.array(staticNatSchema).optional(),
});

/**
 * The change from generation `from` to `generation`: items to set (replacing those of the same id) and ids to
 * remove, by collection. The header is the same in both. A router at another generation refuses it and gets
 * the whole configuration instead. `fingerprint` is that of the result.
 */
export const routerDeltaSchema = z.strictObject({
  from: z.number().int(),
  generation: z.number().int(),
  put: partialCollections,
  remove: z.partialRecord(
    z.enum(['publicAddresses', 'hosts', 'firewall', 'egress', 'portForwards', 'staticNats']),
    z.array(id),
  ),
  fingerprint: z.string(),
});
export type RouterDelta = z.infer<typeof routerDeltaSchema>;
