import { join } from 'node:path';
import { routerBootConfigPath, routerSocketPath } from '@isola/model';

/** Where things are inside a router. */
export interface Paths {
  readonly socket: string;
  readonly bootConfig: string;
  readonly journal: string;
  readonly cloudLog: string;
  readonly routerLog: string;
  readonly dnsmasqConfig: string;
  /** One file for each host, read by dnsmasq: DHCP reservations, and names. */
  readonly dhcpHosts: string;
  /** Reservations of secondary NICs, which dnsmasq looks for only when it is told to. */
  readonly dhcpSecondaries: string;
  readonly dnsHosts: string;
  readonly sshListen: string;
  readonly resolver: string;
  /** Folder for files on their way to their place; on the same file system as those. */
  readonly staging: string;
  readonly services: string;
}

/** The paths below `root`: the router's own, or a test's folder. */
export function routerPaths(root = '/'): Paths {
  const at = (path: string): string => join(root, path);
  return {
    socket: at(routerSocketPath),
    bootConfig: at(routerBootConfigPath),
    journal: at(`${routerBootConfigPath}.journal`),
    cloudLog: at('/var/log/cloud.log'),
    routerLog: at('/var/log/router.log'),
    dnsmasqConfig: at('/etc/dnsmasq.conf'),
    dhcpHosts: at('/etc/isola/dhcp-hosts'),
    dhcpSecondaries: at('/etc/isola/dhcp-secondaries'),
    dnsHosts: at('/etc/isola/dns-hosts'),
    sshListen: at('/etc/ssh/sshd_config.d/listen.conf'),
    resolver: at('/etc/resolv.conf'),
    staging: at('/etc/isola/staging'),
    services: at('/etc/service'),
  };
}
