import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  type Cidr,
  cidr,
  cidrsOverlap,
  formatCidr,
  formatIpv4,
  type Installation,
  ipv4,
  rangeOf,
  type Uplink,
} from '@isola/model';
import { CliError } from '../cli-error.ts';
import { type Config, parseListen } from './schema.ts';

/** What the machine and the environment add to the configuration. */
export interface Surroundings {
  /** The machine's DNS servers, those that routers can ask. */
  readonly resolvers: readonly string[];
  readonly adminPassword: string | null;
  /** `false`: the management server alone, this machine is no host. */
  readonly localHost?: boolean;
  /** URL of the private PostgreSQL cluster of a home. */
  readonly privateDatabaseUrl: (home: string) => string;
}

/** The machine's, not the installation's: building them takes minutes and needs Debian's archive. */
export const defaultImages = '/var/cache/isola/images';

const fallbackResolver = '9.9.9.9';

/** Fills in the defaults. Throws a `CliError` when settings contradict each other. */
export function resolveInstallation(config: Config, surroundings: Surroundings): Installation {
  const home = homeOf(config);
  const simulator = simulatorOf(config);
  const localHost = simulator === null && surroundings.localHost !== false;
  const publicNetwork = publicNetworkOf(config.public ?? {}, simulator !== null);
  const guest = networkOf('zone.guest_cidr', config.zone?.guest_cidr ?? '10.1.1.0/24');
  const guestCidr = formatCidr(guest);
  if (cidrsOverlap(guest, cidr(publicNetwork.cidr))) {
    fail('zone.guest_cidr', `${guestCidr} overlaps public.cidr ${publicNetwork.cidr}`);
  }
  return {
    home,
    imagesFolder: config.images ?? defaultImages,
    hypervisor: config.hypervisor ?? 'LXC',
    kvm: {
      libvirtUri: config.kvm?.libvirt_uri ?? 'qemu:///system',
      acceleration: config.kvm?.acceleration ?? 'auto',
      sharedStorage: config.kvm?.shared_storage ?? null,
    },
    listen: parseListen(config.listen ?? '') ?? { host: '127.0.0.1', port: 8080 },
    agents: agentsOf(config.agents ?? {}),
    databaseUrl: config.database_url ?? surroundings.privateDatabaseUrl(home),
    zone: {
      name: config.zone?.name ?? 'zone1',
      dns:
        config.zone?.dns ??
        (surroundings.resolvers.length > 0
          ? surroundings.resolvers.slice(0, 2)
          : [fallbackResolver]),
      guestCidr,
      networkDomain: config.zone?.network_domain ?? 'cs1cloud.internal',
    },
    publicNetwork,
    guestNetwork: guestNetworkOf(config.guest ?? {}, simulator !== null),
    underlay: underlayOf(config.underlay ?? {}),
    adminPassword: surroundings.adminPassword,
    localHost,
    empty: emptyOf(config, simulator, localHost),
    simulator,
  };
}

function simulatorOf({ simulator = {} }: Config): Installation['simulator'] {
  if (simulator.enabled !== true) return null;
  return {
    hosts: simulator.hosts ?? 3,
    patience: simulator.patience ?? 10,
    mocks: (simulator.mocks ?? []).map(text => {
      const [name = '', value = ''] = text.split(' ');
      return { name, value };
    }),
  };
}

/** A machine that is a host has the zone it is in; a zone without hosts is of no use. */
function emptyOf(
  { empty = false }: Config,
  simulator: Installation['simulator'],
  localHost: boolean,
): boolean {
  if (empty && localHost)
    fail('empty', 'is for `isola server`, or the simulator: this machine would be a host');
  if (!empty && !localHost && simulator === null)
    fail('empty', 'is needed: without it `isola up` makes this machine the host of a zone');
  return empty;
}

/** The folder of all state. */
export function homeOf(config: Config): string {
  return (config.home ?? defaultHome(config)).replace(/(?<=.)\/+$/, '');
}

/** Simulations do not touch the machine's own installation, and need no root. */
function defaultHome({ simulator }: Config): string {
  if (process.getuid?.() !== 0) return join(homedir(), '.isola-simulator');
  return simulator?.enabled === true ? '/var/lib/isola-simulator' : '/var/lib/isola';
}

function publicNetworkOf(
  config: NonNullable<Config['public']>,
  simulated: boolean,
): Installation['publicNetwork'] {
  const usual = simulated ? '100.64.0.0/18' : '203.0.113.0/24';
  const block = networkOf('public.cidr', config.cidr ?? usual);
  const text = formatCidr(block);
  if (block.prefix > 29) fail('public.cidr', `${text} is too small: /29 is the smallest`);
  const range = hostsOf(block);
  const gateway = ipv4(config.gateway ?? formatIpv4(range.first));
  const defaults = defaultPool(range.first, range.last);
  const first = ipv4(config.first ?? formatIpv4(defaults.first));
  const last = ipv4(config.last ?? formatIpv4(defaults.last));
  for (const [key, address] of [
    ['gateway', gateway] as const,
    ['first', first] as const,
    ['last', last] as const,
  ]) {
    if (address < range.first || address > range.last) {
      fail(`public.${key}`, `${formatIpv4(address)} is not a host address of ${text}`);
    }
  }
  if (first > last) fail('public.first', `${formatIpv4(first)} is after public.last`);
  if (gateway >= first && gateway <= last) {
    fail(
      'public.gateway',
      `${formatIpv4(gateway)} is inside the range public.first to public.last`,
    );
  }
  return {
    cidr: text,
    gateway: formatIpv4(gateway),
    first: formatIpv4(first),
    last: formatIpv4(last),
    uplink: uplinkOf(config.uplink ?? 'nat'),
  };
}

function networkOf(key: string, text: string): Cidr {
  const block = cidr(text);
  if (formatCidr(block) !== text) {
    fail(key, `${text} is not a network address; did you mean ${formatCidr(block)}?`);
  }
  return block;
}

function hostsOf(block: Cidr): { first: number; last: number } {
  const { first, last } = rangeOf(block);
  return { first: first + 1, last: last - 1 };
}

/** A little room at both ends for the gateway and machines of the operator's, where the block is big enough. */
function defaultPool(first: number, last: number): { first: number; last: number } {
  return last - first >= 32 ? { first: first + 9, last: last - 4 } : { first: first + 1, last };
}

function uplinkOf(text: string): Uplink {
  if (text === 'nat' || text === 'none') return { kind: text };
  return { kind: 'interface', name: text };
}

function guestNetworkOf(
  config: NonNullable<Config['guest']>,
  simulated: boolean,
): Installation['guestNetwork'] {
  const isolation = config.isolation ?? 'VLAN';
  const [kind, usual, asked] =
    isolation === 'VLAN'
      ? (['vlan', 100, { first: config.vlan_first, last: config.vlan_last }] as const)
      : (['vni', 10_000, { first: config.vni_first, last: config.vni_last }] as const);
  const first = asked.first ?? usual;
  // Nobody shares the tags of what is simulated.
  const usualLast = simulated ? (isolation === 'VLAN' ? 4094 : 1_000_000) : usual + 999;
  const last = asked.last ?? Math.max(usualLast, first);
  if (first > last) fail(`guest.${kind}_first`, `${first} is after guest.${kind}_last ${last}`);
  return { isolation, first, last, interface: config.interface ?? null };
}

function agentsOf(config: NonNullable<Config['agents']>): Installation['agents'] {
  const listen = parseListen(config.listen ?? '');
  if (listen !== null) return { listen, advertise: config.advertise ?? [] };
  if (config.advertise !== undefined) fail('agents.listen', 'is needed with agents.advertise');
  return null;
}

function underlayOf(config: NonNullable<Config['underlay']>): Installation['underlay'] {
  if (config.address !== undefined)
    return { address: config.address, interface: config.interface ?? null };
  if (config.interface !== undefined) fail('underlay.address', 'is needed with underlay.interface');
  return null;
}

function fail(key: string, reason: string): never {
  throw new CliError(`${key}: ${reason}`, 'Correct it in isola.toml or the flags.');
}
