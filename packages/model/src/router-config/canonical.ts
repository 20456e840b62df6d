import { cidr, formatCidr, formatIpv4, ipv4 } from '../net/ipv4.ts';
import type { EgressRule, FirewallRule, RouterConfig, RouterHeader } from './types.ts';

/** Blocks with their host bits cleared, sorted, without duplicates. Throws `invalid_cidr`. */
export function canonicalCidrs(blocks: readonly string[]): string[] {
  return [...new Set(blocks.map(block => formatCidr(cidr(block))))].sort();
}

function address(text: string): string {
  return formatIpv4(ipv4(text));
}

/** Throws `invalid_address` or `invalid_cidr`. */
export function canonicalFirewallRule(rule: FirewallRule): FirewallRule {
  return {
    ...rule,
    publicAddress: address(rule.publicAddress),
    sources: canonicalCidrs(rule.sources),
  };
}

/** Throws `invalid_cidr`. */
export function canonicalEgressRule(rule: EgressRule): EgressRule {
  return {
    ...rule,
    sources: canonicalCidrs(rule.sources),
    destinations: canonicalCidrs(rule.destinations),
  };
}

function canonicalHeader(header: RouterHeader): RouterHeader {
  return {
    ...header,
    control: {
      ...header.control,
      address: address(header.control.address),
      gateway: address(header.control.gateway),
    },
    guest: {
      ...header.guest,
      address: address(header.guest.address),
      cidr: formatCidr(cidr(header.guest.cidr)),
      ...(header.guest.gateway === undefined ? {} : { gateway: address(header.guest.gateway) }),
    },
    public:
      header.public === null ? null : { ...header.public, gateway: address(header.public.gateway) },
    sourceNat: header.sourceNat === null ? null : address(header.sourceNat),
    nameservers: header.nameservers.map(address),
  };
}

/** The configuration with every value in its canonical form. Throws `invalid_address` or `invalid_cidr`. */
export function canonicalConfig(config: RouterConfig): RouterConfig {
  const { collections } = config;
  return {
    generation: config.generation,
    header: canonicalHeader(config.header),
    collections: {
      publicAddresses: collections.publicAddresses.map(item => ({
        ...item,
        address: address(item.address),
      })),
      hosts: collections.hosts.map(item => ({ ...item, address: address(item.address) })),
      firewall: collections.firewall.map(canonicalFirewallRule),
      egress: collections.egress.map(canonicalEgressRule),
      portForwards: collections.portForwards.map(item => ({
        ...item,
        publicAddress: address(item.publicAddress),
        guestAddress: address(item.guestAddress),
      })),
      staticNats: collections.staticNats.map(item => ({
        ...item,
        publicAddress: address(item.publicAddress),
        guestAddress: address(item.guestAddress),
      })),
    },
  };
}
