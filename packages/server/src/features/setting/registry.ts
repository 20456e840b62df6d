import type { SettingDefinition } from './definition.ts';
import { limitSettings } from './limit-settings.ts';
import type { Scope } from './scope.ts';

const day = 86_400;

/** Every setting, by CloudStack's name where it has one. Each is read by some code through `setting()`. */
export const settingRegistry = {
  'default.page.size': {
    category: 'Advanced',
    default: 500,
    min: 1,
    max: 500,
    description:
      'Objects on a page of a list when pagesize is not given, and the most that may be asked for',
  },
  'session.timeout': {
    category: 'Advanced',
    default: 30,
    min: 1,
    max: 10_080,
    description: 'Minutes without a call after which a login session ends',
  },
  'api.throttling.enabled': {
    category: 'Advanced',
    type: 'Boolean',
    default: 0,
    min: 0,
    max: 1,
    description: 'Whether accounts other than root administrators may call only so often',
  },
  'api.throttling.interval': {
    category: 'Advanced',
    default: 1,
    min: 1,
    max: 86_400,
    description: 'Seconds in which calls of an account are counted',
    parent: 'api.throttling.enabled',
  },
  'api.throttling.max': {
    category: 'Advanced',
    default: 25,
    min: 1,
    max: 1_000_000,
    description: 'Most calls of an account in api.throttling.interval; more get error 429',
    parent: 'api.throttling.enabled',
  },
  'incorrect.login.attempts.allowed': {
    category: 'Advanced',
    default: 5,
    min: 0,
    max: 1000,
    description:
      'Wrong passwords in a row after which a user is disabled, until an administrator enables it; 0 for never',
  },
  'job.expire.minutes': {
    category: 'Advanced',
    default: 1440,
    min: 1,
    max: 525_600,
    description: 'Minutes after which the record of a finished asynchronous job is removed',
  },
  'event.purge.delay': {
    category: 'Advanced',
    default: 15,
    min: 0,
    max: 3650,
    description: 'Days after which events are deleted; 0 to keep them',
  },
  'alert.purge.delay': {
    category: 'Advanced',
    default: 0,
    min: 0,
    max: 3650,
    description: 'Days after which alerts are deleted, open or not; 0 to keep them',
  },
  'webhook.delivery.timeout': {
    category: 'Advanced',
    scope: 'domain',
    default: 10,
    min: 1,
    max: 300,
    description: 'Seconds that the receiver of a webhook may take to answer',
  },
  'webhook.delivery.tries': {
    category: 'Advanced',
    scope: 'domain',
    default: 3,
    min: 1,
    max: 20,
    description: 'How often a delivery of a webhook is tried',
  },
  'webhook.delivery.thread.pool.size': {
    category: 'Advanced',
    default: 20,
    min: 1,
    max: 500,
    description: 'Deliveries of webhooks that are made at once; one webhook gets one after another',
  },
  'webhook.deliveries.limit': {
    category: 'Advanced',
    default: 10,
    min: 1,
    max: 10_000,
    description: 'Deliveries that are kept of each webhook after they were made',
  },
  'enable.usage.server': {
    category: 'Usage',
    type: 'Boolean',
    default: 1,
    min: 0,
    max: 1,
    description: 'Whether usage records are made by themselves when their time is over',
  },
  'usage.stats.job.aggregation.range': {
    category: 'Usage',
    parent: 'enable.usage.server',
    default: 1440,
    min: 1,
    max: 44_640,
    description: 'Minutes that a usage record is about: 1440 for days, 60 for hours',
  },
  'allow.user.expunge.recover.vm': {
    scope: 'account',
    category: 'Advanced',
    type: 'Boolean',
    default: 0,
    min: 0,
    max: 1,
    description: 'Whether users may expunge their instances themselves',
  },
  'expunge.delay': {
    category: 'Advanced',
    default: day,
    min: 0,
    max: 365 * day,
    description: 'Seconds until a destroyed instance is expunged',
  },
  'expunge.interval': {
    parent: 'expunge.delay',
    category: 'Advanced',
    default: day,
    min: 1,
    max: 365 * day,
    description: 'Seconds between two searches for destroyed instances to expunge',
  },
  'network.gc.interval': {
    parent: 'network.gc.wait',
    category: 'Network',
    default: 600,
    min: 1,
    max: day,
    description: 'Seconds between two searches for networks without running instances',
  },
  'network.gc.wait': {
    category: 'Network',
    default: 600,
    min: 0,
    max: 30 * day,
    description: 'Seconds that a network has no running instance before it is shut down',
  },
  'use.system.guest.vlans': {
    category: 'Network',
    type: 'Boolean',
    default: 1,
    min: 0,
    max: 1,
    scope: 'account',
    description:
      'Whether networks of an account with tags of its own get others when all of these are in use',
  },
  'use.system.public.ips': {
    category: 'Network',
    type: 'Boolean',
    default: 1,
    min: 0,
    max: 1,
    scope: 'account',
    description:
      'Whether an account with public addresses of its own gets others when all of these are in use',
  },
  'vm.network.nic.max.secondary.ipaddresses': {
    category: 'Network',
    default: 256,
    min: 0,
    max: 1024,
    description: 'Most further addresses that a network interface of an instance may have',
  },
  'public.ip.address.quarantine.duration': {
    category: 'Network',
    default: 0,
    min: 0,
    max: 525_600,
    description:
      'Minutes after its release in which only the account before may have a public address again; 0 for none',
  },
  'network.guest.cidr.limit': {
    category: 'Network',
    default: 22,
    min: 8,
    max: 30,
    description: 'Shortest prefix length that a guest network may have',
  },
  ...limitSettings,
  'max.template.iso.size': {
    category: 'Advanced',
    default: 50,
    min: 1,
    max: 16_384,
    description: 'Largest file that a template may be downloaded from, in GiB',
  },
  'storage.max.volume.size': {
    category: 'Advanced',
    default: 2000,
    min: 1,
    max: 65_536,
    description: 'Largest disk that a template may make, in GiB',
  },
  'mem.overprovisioning.factor': {
    scope: 'cluster',
    category: 'Advanced',
    default: 1,
    min: 1,
    max: 10,
    description:
      'How many times the memory of a host its virtual machines may add up to; containers take only what they use',
  },
  'host.alert.after': {
    category: 'Advanced',
    default: 20,
    min: 1,
    max: day,
    description: 'Seconds without a connection to its agent after which a host is in state Alert',
  },
  'host.down.after': {
    parent: 'host.alert.after',
    category: 'Advanced',
    default: 40,
    min: 25,
    max: day,
    description:
      'Seconds without a connection to its agent after which a host that no other host reaches is Down, and what it ran is started elsewhere; more than a host that is cut off takes to stop it',
  },
  'vr.private.interface.max.mtu': {
    scope: 'zone',
    category: 'Network',
    default: 1500,
    min: 68,
    max: 9000,
    description:
      'Largest packet inside a network, in bytes; a new network has it unless the hosts carry less (VXLAN takes 50 bytes of their MTU)',
  },
  'vr.public.interface.max.mtu': {
    scope: 'zone',
    category: 'Network',
    default: 1500,
    min: 68,
    max: 9000,
    description: 'Largest packet on the public side of routers, in bytes; a new network has it',
  },
  'allow.end.users.to.specify.vr.mtu': {
    scope: 'zone',
    category: 'Network',
    type: 'Boolean',
    default: 0,
    min: 0,
    max: 1,
    description: 'Whether users may choose the MTU of their networks, up to the maximum',
  },
  'router.check.interval': {
    category: 'Network',
    default: 30,
    min: 1,
    max: 86_400,
    description: 'Seconds between two comparisons of what routers run with what they should',
  },
  'integration.api.port': {
    category: 'Advanced',
    default: 0,
    min: 0,
    max: 65_535,
    description:
      'Port on 127.0.0.1 where unsigned calls are answered as the administrator’s, by custom 8096; 0 for none. Whoever is on the machine can use it',
  },
  'router.health.checks.enabled': {
    category: 'Network',
    type: 'Boolean',
    default: 1,
    min: 0,
    max: 1,
    description: 'Whether routers are asked for health checks, at their times or by command',
  },
  'router.health.checks.basic.interval': {
    parent: 'router.health.checks.enabled',
    category: 'Network',
    default: 3,
    min: 0,
    max: 1440,
    description: 'Minutes between two rounds of basic health checks; 0 for none',
  },
  'router.health.checks.advanced.interval': {
    parent: 'router.health.checks.enabled',
    category: 'Network',
    default: 10,
    min: 0,
    max: 1440,
    description: 'Minutes between two rounds of advanced health checks; 0 for none',
  },
  'router.health.checks.free.disk.space.threshold': {
    parent: 'router.health.checks.enabled',
    scope: 'zone',
    category: 'Network',
    default: 100,
    min: 0,
    max: 1_000_000,
    description: 'MiB of a router’s disk that must be free, else disk_space_check fails',
  },
  'router.health.checks.max.cpu.usage.threshold': {
    parent: 'router.health.checks.enabled',
    scope: 'zone',
    category: 'Network',
    default: 100,
    min: 1,
    max: 100,
    description: 'Percent of the processors above which cpu_usage_check fails; 100 for never',
  },
  'router.health.checks.max.memory.usage.threshold': {
    parent: 'router.health.checks.enabled',
    scope: 'zone',
    category: 'Network',
    default: 98,
    min: 1,
    max: 100,
    description: 'Percent of the memory above which memory_usage_check fails; 100 for never',
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof settingRegistry;

/** Settings whose values may differ by places of this scope. */
export type NameOfScope<S extends Scope> = {
  [N in SettingName]: (typeof settingRegistry)[N] extends { readonly scope: S } ? N : never;
}[SettingName];

/** The value that a stored text stands for; `null` for one that is none any more. */
export function parseStored(name: SettingName, text: string): number | null {
  const { min, max }: SettingDefinition = settingRegistry[name];
  const value = Number(text);
  return Number.isInteger(value) && value >= min && value <= max ? value : null;
}

/** Whether a setting of that name exists. */
export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settingRegistry, name);
}

/** Names of all settings, in the registry's order. */
export const settingNames: readonly SettingName[] =
  Object.keys(settingRegistry).filter(isSettingName);

/** A value as the API shows it. */
export function settingText(name: SettingName, value: number): string {
  return isFlag(name) ? String(value === 1) : String(value);
}

/** The value that `text` gives to a setting, or why it is refused. */
export function parseSetting(
  name: SettingName,
  text: string,
): { readonly value: number } | { readonly refusal: string } {
  const { min, max } = settingRegistry[name];
  if (isFlag(name)) {
    if (!/^(?:true|false)$/i.test(text)) return { refusal: `${name} must be true or false` };
    return { value: text.toLowerCase() === 'true' ? 1 : 0 };
  }
  if (!/^-?\d{1,10}$/.test(text)) return { refusal: `${name} must be a whole number` };
  const value = Number(text);
  if (value < min || value > max)
    return { refusal: `${name} must be between ${min} and ${max}, not ${value}` };
  return { value };
}

export function isFlag(name: SettingName): boolean {
  const definition: SettingDefinition = settingRegistry[name];
  return definition.type === 'Boolean';
}
