/** The checks that routers make themselves. */
export const healthCheckNames: ReadonlySet<string> = new Set([
  'services',
  'disk_space_check',
  'cpu_usage_check',
  'memory_usage_check',
  'gateways_check',
  'dns_check',
  'dhcp_check',
  'iptables_check',
]);

/** The names in a list that is separated by commas; CloudStack's are those of scripts, `dns_check.py`. */
export function healthChecksOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split(',')
      .map(name => name.trim().replace(/\.py$/, ''))
      .filter(name => name !== ''),
  );
}
