import { parseCidr, parseIpv4 } from '@isola/model';
import { z } from 'zod';

const address = z
  .string()
  .refine(text => parseIpv4(text) !== null, 'must be an IPv4 address, for example 203.0.113.1');

const cidr = z
  .string()
  .refine(text => parseCidr(text) !== null, 'must be a CIDR, for example 203.0.113.0/24');

const listen = z
  .string()
  .refine(text => parseListen(text) !== null, 'must be HOST:PORT, for example 127.0.0.1:8080');

/** What stands in a certificate: an address, or a name as in DNS. */
const reachedBy = z
  .string()
  .max(253)
  .regex(/^([a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:.]+)$/i, 'must be a host name or an address');

const vlan = z.int().min(1).max(4094);
const vni = z
  .int()
  .min(1)
  .max(2 ** 24 - 1);

const interfaceName = z
  .string()
  .regex(/^[A-Za-z0-9._@-]{1,15}$/, 'must be the name of a network interface');

const domainName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
    'must be a domain name, for example cs1cloud.internal',
  );

/** `StartCommand result:fail`: a command and what becomes of it. */
const mock = z
  .string()
  .regex(/^\S+ \S+$/, 'must be COMMAND OPTIONS, for example "StartCommand wait:500"');

const absolutePath = z.string().startsWith('/', 'must be an absolute path');

/** The keys of `isola.toml`. All may be left out. */
export const configSchema = z.strictObject({
  home: absolutePath.optional(),
  listen: listen.optional(),
  database_url: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional(),
  images: absolutePath.optional(),
  hypervisor: z.enum(['LXC', 'KVM'], 'must be "LXC" or "KVM"').optional(),
  kvm: z
    .strictObject({
      libvirt_uri: z.string().startsWith('qemu:', 'must begin with qemu:').optional(),
      acceleration: z.enum(['auto', 'on', 'off'], 'must be "auto", "on" or "off"').optional(),
      shared_storage: absolutePath.optional(),
    })
    .optional(),
  zone: z
    .strictObject({
      name: z.string().min(1).max(255).optional(),
      dns: z.array(address).min(1).max(2).optional(),
      guest_cidr: cidr.optional(),
      network_domain: domainName.optional(),
    })
    .optional(),
  public: z
    .strictObject({
      cidr: cidr.optional(),
      gateway: address.optional(),
      first: address.optional(),
      last: address.optional(),
      uplink: z
        .string()
        .regex(/^[^\s/]{1,15}$/, 'must be "nat", "none" or the name of a network interface')
        .optional(),
    })
    .optional(),
  guest: z
    .strictObject({
      isolation: z.enum(['VLAN', 'VXLAN'], 'must be "VLAN" or "VXLAN"').optional(),
      interface: interfaceName.optional(),
      vlan_first: vlan.optional(),
      vlan_last: vlan.optional(),
      vni_first: vni.optional(),
      vni_last: vni.optional(),
    })
    .optional(),
  agents: z
    .strictObject({ listen: listen.optional(), advertise: z.array(reachedBy).min(1).optional() })
    .optional(),
  empty: z.boolean().optional(),
  simulator: z
    .strictObject({
      enabled: z.boolean().optional(),
      hosts: z.int().min(1).max(1000).optional(),
      patience: z.number().min(1).max(600).optional(),
      mocks: z.array(mock).optional(),
    })
    .optional(),
  underlay: z
    .strictObject({ address: address.optional(), interface: interfaceName.optional() })
    .optional(),
});

export type Config = z.infer<typeof configSchema>;

/** Splits `HOST:PORT`; an IPv6 host stands in brackets. Gives `null` when it is neither. */
export function parseListen(text: string): { host: string; port: number } | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || !(port <= 65535) ? null : { host, port };
}

/** The opposite of `parseListen`. */
export function formatListen({ host, port }: { host: string; port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
