import { cidr, formatIpv4, netmaskOf, type RouterHeader, type RouterHost } from '@isola/model';
import { guestNic } from '../nftables/nics.ts';
import type { Paths } from '../paths.ts';

/** Main configuration of dnsmasq. */
export function renderDnsmasq(header: RouterHeader, paths: Paths): string {
  const { guest } = header;
  const lines = [
    '# Written by isola-router; changes are overwritten.',
    `interface=${guestNic}`,
    `listen-address=${guest.address}`,
    'except-interface=lo',
    // The NIC may be plugged in later.
    'bind-dynamic',
    'no-hosts',
    'no-resolv',
    'log-facility=-',
    ...(header.dns ? dnsLines(header, paths) : ['port=0']),
    ...(header.dhcp ? dhcpLines(header, paths) : []),
  ];
  return `${lines.join('\n')}\n`;
}

function dnsLines({ domain, nameservers }: RouterHeader, paths: Paths): string[] {
  return [
    `domain=${domain}`,
    `local=/${domain}/`,
    'expand-hosts',
    'domain-needed',
    'bogus-priv',
    'cache-size=1000',
    'no-negcache',
    `hostsdir=${paths.dnsHosts}`,
    ...nameservers.map(server => `server=${server}`),
  ];
}

function dhcpLines(header: RouterHeader, paths: Paths): string[] {
  const { guest, dns, domain, nameservers } = header;
  const { base, prefix } = cidr(guest.cidr);
  const resolvers = dns ? [guest.address] : nameservers;
  return [
    `dhcp-range=${formatIpv4(base)},static,${netmaskOf(prefix)},infinite`,
    `dhcp-hostsdir=${paths.dhcpHosts}`,
    `dhcp-hostsfile=${paths.dhcpSecondaries}`,
    // On a network of the operator's there may be others who give leases to guests that we do not know.
    ...(guest.gateway === undefined ? ['dhcp-authoritative'] : []),
    'dhcp-lease-max=65000',
    'no-ping',
    'leasefile-ro',
    'quiet-dhcp',
    `dhcp-option=option:router,${guest.gateway ?? guest.address}`,
    ...(resolvers.length > 0 ? [`dhcp-option=option:dns-server,${resolvers.join(',')}`] : []),
    `dhcp-option=option:domain-name,${domain}`,
    `dhcp-option=option:mtu,${guest.mtu}`,
    // An option without a value is not sent.
    ...['router', 'dns-server', 'domain-name'].map(
      option => `dhcp-option=tag:${secondaryTag},option:${option}`,
    ),
  ];
}

/** DHCP reservation of a host. The dot makes a name of `ignore`, `infinite` or `5d`, which dnsmasq takes for orders. */
export function renderDhcpHost({ mac, address, name, secondary }: RouterHost): string {
  const tag = secondary === true ? `set:${secondaryTag},` : '';
  return `${mac},${tag}${address},${name}.\n`;
}

/** Tag of guests whose default route and DNS servers are those of another NIC. */
const secondaryTag = 'secondary';

/** Name of a host; the domain is added by dnsmasq. */
export function renderDnsHost({ address, name }: Pick<RouterHost, 'address' | 'name'>): string {
  return `${address} ${name}\n`;
}
