import { randomUUID } from 'node:crypto';
import type { RouterSpec } from '@isola/agent-protocol';
import {
  ConfigIndex,
  type Diagnostic,
  type DiagnosticOutcome,
  type HealthCheck,
  type RouterConfig,
  type RouterReport,
  type RouterTraffic,
} from '@isola/model';

/** A router in memory: what is installed is kept, compared and changed by the code that real routers run. */
export interface SimulatedRouter {
  readonly spec: RouterSpec;
  running: boolean;
  /** Whether its control link is up. */
  reachable: boolean;
  /** What is installed. */
  index: ConfigIndex | null;
  /** Health checks that fail, by name. */
  readonly failing: Set<string>;
  /** What its public NIC has carried since the router started. */
  traffic: RouterTraffic;
}

export function startedRouter(spec: RouterSpec, boot: RouterConfig): SimulatedRouter {
  return {
    spec,
    running: true,
    reachable: true,
    index: new ConfigIndex(boot),
    failing: new Set(),
    traffic: { epoch: randomUUID(), sent: 0, received: 0 },
  };
}

export function install(router: SimulatedRouter, config: RouterConfig): RouterReport {
  router.index = new ConfigIndex(config);
  return reportOf(router);
}

export function reportOf({ index, traffic }: SimulatedRouter): RouterReport {
  return {
    generation: index?.generation ?? -1,
    fingerprint: index?.fingerprint ?? '',
    counters: {
      applies: 0,
      fullCompiles: 0,
      elementsWritten: 0,
      chainsRebuilt: 0,
      filesWritten: 0,
      daemonsReloaded: 0,
      daemonsRestarted: 0,
      flowsCut: 0,
      driftsRepaired: 0,
    },
    traffic,
  };
}

/** What a router of this configuration finds, check by check, under the names of real ones. */
export function healthOf({ index, failing }: SimulatedRouter): HealthCheck[] {
  const header = index?.header;
  const services = header?.dhcp === true || header?.dns === true ? 'sshd, dnsmasq run' : 'sshd run';
  const gateway = header?.public?.gateway ?? header?.guest.gateway;
  const details: readonly (readonly [string, HealthCheck['type'], string, number?])[] = [
    ['services', 'basic', services],
    ['disk_space_check', 'basic', '1024 MiB free', 1024],
    ['cpu_usage_check', 'basic', '1 % used', 1],
    ['memory_usage_check', 'basic', '20 % used', 20],
    ['gateways_check', 'basic', gateway === undefined ? 'no public side' : `${gateway} answers`],
    [
      'dns_check',
      'advanced',
      header?.dns === true
        ? `${header.name}.${header.domain} is ${header.guest.address}`
        : 'no DNS service',
    ],
    [
      'dhcp_check',
      'advanced',
      header?.dhcp === true ? `${index?.items('hosts').size ?? 0} reservations` : 'no DHCP service',
    ],
    ['iptables_check', 'advanced', 'the rules are as configured'],
  ];
  const at = new Date().toISOString();
  return details.map(([name, type, detail, measure]) => ({
    name,
    ...(measure === undefined || failing.has(name) ? {} : { measure }),
    type,
    at,
    success: !failing.has(name),
    detail: failing.has(name) ? 'Simulated failure' : detail,
  }));
}

/** What a simulated router finds out: a target answers when its network or the public one holds it. */
export function diagnosisOf(
  { index }: SimulatedRouter,
  { type, target }: Diagnostic,
): DiagnosticOutcome {
  const hosts = index === null ? [] : [...index.items('hosts').values()];
  const known = [index?.header.guest.address, index?.header.public?.gateway];
  const answers = known.includes(target) || hosts.some(host => host.address === target);
  return {
    exitCode: answers ? 0 : 1,
    stdout: `${type} ${target}: ${answers ? 'answers' : 'does not answer'} (simulated)\n`,
    stderr: '',
  };
}
