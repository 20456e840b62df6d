import { type Command, Option } from 'commander';

/** One setting of `isola.toml` as a flag of `up`. */
interface SettingFlag {
  /** Path of the key in the file. */
  readonly key: string;
  readonly flag: string;
  readonly description: string;
  /** From a flag's text to the file's value; the schema checks the rest. */
  readonly read?: (text: string) => unknown;
}

const list = (text: string): readonly string[] => text.split(',');

/** All settings but `home`, which is an option of every command. */
export const settingFlags: readonly SettingFlag[] = [
  { key: 'listen', flag: '--listen <host:port>', description: 'address of the API' },
  {
    key: 'database_url',
    flag: '--database-url <url>',
    description: 'a PostgreSQL server instead of a private cluster',
  },
  { key: 'images', flag: '--images <folder>', description: 'folder of router and guest images' },
  {
    key: 'hypervisor',
    flag: '--hypervisor <kind>',
    description: 'what runs routers and guests on this machine: LXC or KVM',
  },
  {
    key: 'kvm.libvirt_uri',
    flag: '--libvirt-uri <uri>',
    description: "libvirt's daemon, where the hypervisor is KVM",
  },
  {
    key: 'kvm.acceleration',
    flag: '--kvm-acceleration <how>',
    description: 'whether virtual machines run on the processor: auto, on or off',
  },
  {
    key: 'kvm.shared_storage',
    flag: '--shared-storage <folder>',
    description: 'folder that hosts share, for the disks of highly available guests',
  },
  { key: 'zone.name', flag: '--zone-name <name>', description: 'name of the zone' },
  {
    key: 'zone.dns',
    flag: '--zone-dns <addresses>',
    description: 'DNS servers that routers ask, one or two, comma-separated',
    read: list,
  },
  {
    key: 'zone.guest_cidr',
    flag: '--guest-cidr <cidr>',
    description: 'of networks made without a gateway',
  },
  {
    key: 'zone.network_domain',
    flag: '--network-domain <domain>',
    description: 'domain of networks made without one',
  },
  { key: 'public.cidr', flag: '--public-cidr <cidr>', description: 'the public network' },
  { key: 'public.gateway', flag: '--public-gateway <address>', description: 'its gateway' },
  {
    key: 'public.first',
    flag: '--public-first <address>',
    description: 'first public address for tenants',
  },
  {
    key: 'public.last',
    flag: '--public-last <address>',
    description: 'last public address for tenants',
  },
  {
    key: 'public.uplink',
    flag: '--uplink <how>',
    description: 'how the public network leaves: nat, none or an interface',
  },
  {
    key: 'guest.isolation',
    flag: '--isolation <method>',
    description: 'how networks are kept apart between hosts: VLAN or VXLAN',
  },
  {
    key: 'guest.interface',
    flag: '--guest-interface <name>',
    description: 'interface that carries the VLANs of networks to other hosts',
  },
  {
    key: 'guest.vlan_first',
    flag: '--vlan-first <tag>',
    description: 'first tag for networks',
    read: Number,
  },
  {
    key: 'guest.vlan_last',
    flag: '--vlan-last <tag>',
    description: 'last tag for networks',
    read: Number,
  },
  {
    key: 'guest.vni_first',
    flag: '--vni-first <identifier>',
    description: 'first VXLAN identifier for networks',
    read: Number,
  },
  {
    key: 'guest.vni_last',
    flag: '--vni-last <identifier>',
    description: 'last VXLAN identifier for networks',
    read: Number,
  },
  {
    key: 'agents.listen',
    flag: '--agents-listen <host:port>',
    description: 'where agents of other hosts dial in, by custom port 8250 (default: nowhere)',
  },
  {
    key: 'agents.advertise',
    flag: '--agents-advertise <names>',
    description: 'names and addresses of this server for other hosts, comma-separated',
    read: list,
  },
  {
    key: 'underlay.address',
    flag: '--underlay-address <address>',
    description: 'address at which other hosts reach this machine',
  },
  {
    key: 'underlay.interface',
    flag: '--underlay-interface <name>',
    description: 'its interface, where another than the holder of the address',
  },
  {
    key: 'empty',
    flag: '--empty',
    description: 'no zone to begin with: the cloud is built through the API',
  },
  {
    key: 'simulator.hosts',
    flag: '--simulator-hosts <number>',
    description: 'simulated hosts of the zone',
    read: Number,
  },
  {
    key: 'simulator.patience',
    flag: '--simulator-patience <seconds>',
    description: 'how long jobs wait for a simulated failure to pass',
    read: Number,
  },
  {
    key: 'simulator.mocks',
    flag: '--simulator-mocks <mocks>',
    description: 'what goes wrong on all simulated hosts, "COMMAND OPTIONS" separated by commas',
    read: list,
  },
];

/** Adds the flags of all settings. */
export function withSettingFlags(command: Command): Command {
  for (const { flag, description } of settingFlags) command.option(flag, description);
  return command;
}

/** The settings that were given as flags, nested as in the file. */
export function settingsOf(
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const { key, flag, read } of settingFlags) {
    const text = options[new Option(flag).attributeName()];
    if (typeof text !== 'string' && text !== true) continue;
    const [section, name] = key.split('.');
    const value = read === undefined || text === true ? text : read(text);
    if (section === undefined) continue;
    if (name === undefined) values[section] = value;
    else values[section] = { ...Object(values[section]), [name]: value };
  }
  return values;
}

/** What a key is called on the command line, for messages. */
export function flagOf(key: string): string {
  // A wrong item of a list is named by its place: `zone.dns.0`.
  const found = settingFlags.find(each => key === each.key || key.startsWith(`${each.key}.`));
  return found === undefined ? `--${key}` : (found.flag.split(' ')[0] ?? key);
}
