import { Command } from 'commander';
import { expect, test } from 'vitest';
import { configSchema } from '../config/schema.ts';
import { mergeSources } from '../config/sources.ts';
import { flagOf, settingFlags, settingsOf, withSettingFlags } from './up-settings.ts';

function parsed(args: readonly string[]): Readonly<Record<string, unknown>> {
  const command = withSettingFlags(new Command('up')).exitOverride();
  return settingsOf(command.parse(args, { from: 'user' }).opts());
}

test('flags set what the file sets', () => {
  const line =
    '--listen 127.0.0.1:9 --zone-dns 192.0.2.1,192.0.2.2 --uplink none --public-cidr 192.0.2.0/24 --vlan-first 200 --vlan-last 299 --isolation VXLAN --vni-first 70000 --underlay-address 192.0.2.9 --agents-listen 0.0.0.0:8250 --agents-advertise a.example,192.0.2.9 --empty --simulator-hosts 5';
  const values = parsed(line.split(' '));
  expect(mergeSources([{ name: 'flags', values }])).toEqual({
    listen: '127.0.0.1:9',
    zone: { dns: ['192.0.2.1', '192.0.2.2'] },
    public: { cidr: '192.0.2.0/24', uplink: 'none' },
    guest: { isolation: 'VXLAN', vlan_first: 200, vlan_last: 299, vni_first: 70_000 },
    agents: { listen: '0.0.0.0:8250', advertise: ['a.example', '192.0.2.9'] },
    underlay: { address: '192.0.2.9' },
    empty: true,
    simulator: { hosts: 5 },
  });
  expect(parsed([])).toEqual({});
});

test('a wrong flag is named as it was typed', () => {
  const wrong =
    (...args: string[]) =>
    () =>
      mergeSources([{ name: 'flags', values: parsed(args), keyName: flagOf }]);
  expect(wrong('--vlan-first', 'many')).toThrow(/^--vlan-first: /);
  expect(wrong('--zone-dns', 'x')).toThrow(/^--zone-dns: /);
});

test('every setting of the file has its flag', () => {
  const keys = Object.entries(configSchema.shape).flatMap(([key, type]) => {
    const section = 'shape' in type.unwrap() ? Object.keys(Object(type.unwrap()).shape) : null;
    return section === null ? [key] : section.map(name => `${key}.${name}`);
  });
  // Those two are options of every command.
  const flags = ['home', 'simulator.enabled', ...settingFlags.map(({ key }) => key)];
  expect(flags.toSorted()).toEqual(keys.toSorted());
});
