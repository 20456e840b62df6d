import { type CommandDefinition, commands, type ParamDefinition } from '@isola/api';
import type { Random } from './test-fuzz-random.ts';

const definitions = Object.values<CommandDefinition>(commands);

/** What makes a server stumble: ends of ranges, other encodings, other syntaxes. */
const odd = [
  '',
  ' ',
  '0',
  '-1',
  '1',
  '2147483647',
  '2147483648',
  '-2147483649',
  '9'.repeat(15),
  '9223372036854775808',
  '1e9',
  '0x10',
  'NaN',
  'null',
  'undefined',
  'true',
  'False',
  '%',
  '%00',
  '_',
  '\\',
  "'; drop table users; --",
  '"',
  '${7*7}',
  '../../../etc/passwd',
  '\u0000',
  '\u202e',
  '\ud800',
  '\u{1f600}',
  'İ',
  'ß',
  '0.0.0.0',
  '255.255.255.255',
  '10.1.1.1',
  '10.1.1.0/24',
  '0.0.0.0/0',
  '10.1.1.1/33',
  '::1',
  '1-65535',
  'tcp',
  'icmp',
  'all',
  'http://127.0.0.1:1/',
  'file:///etc/passwd',
  '2026-01-01',
  '9999-99-99',
  '[]',
  '{}',
  'a,b,,c',
  '__proto__',
  'constructor',
  'Active',
  'a'.repeat(256),
  'x'.repeat(5000),
] as const;

/** Ids of things that are there, by table. */
export type Known = ReadonlyMap<string, readonly string[]>;

/** Tables whose ids parameters and commands of such names take. */
const tables: readonly (readonly [name: RegExp, table: string])[] = [
  [/networkoffering/, 'network_offerings'],
  [/serviceoffering/, 'service_offerings'],
  [/physicalnetwork/, 'physical_networks'],
  [/virtualmachine|vmid/, 'instances'],
  [/ipaddress|staticnat/, 'public_addresses'],
  [/portforwarding/, 'port_forwarding_rules'],
  [/affinity/, 'affinity_groups'],
  [/userdata/, 'user_data'],
  [/volume/, 'volumes'],
  [/firewall/, 'firewall_rules'],
  [/nic/, 'nics'],
  [/router/, 'routers'],
  [/network/, 'networks'],
  [/imagestore/, 'image_stores'],
  [/template/, 'templates'],
  [/project/, 'projects'],
  [/zone/, 'zones'],
  [/pod/, 'pods'],
  [/cluster/, 'clusters'],
  [/host/, 'hosts'],
  [/domain/, 'domains'],
  [/account/, 'accounts'],
  [/user/, 'users'],
  [/role/, 'roles'],
  [/job/, 'jobs'],
  [/event/, 'events'],
  [/alert/, 'alerts'],
];

function tableOf(name: string): string | undefined {
  return tables.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];
}

/** A command, by its definition, with parameters most of which are of the right kind. */
export function someCall(random: Random, known: Known): readonly (readonly [string, string])[] {
  const command = definitions[random.below(definitions.length)] ?? definitions[0];
  if (command === undefined) throw new Error('there are no commands');
  const given: [string, string][] = [['command', cased(random, command.name)]];
  const sparse = random.chance(0.5) ? 0.15 : 0.5;
  for (const [name, definition] of Object.entries(command.params)) {
    const wanted = definition.required === true ? 0.95 : sparse;
    if (!random.chance(wanted)) continue;
    const kind = tableOf(name) ?? tableOf(command.name);
    given.push(...valuesOf(random, name, { definition, ids: idsFor(random, kind, known) }));
  }
  for (const name of command.refused ?? []) if (random.chance(0.02)) given.push([name, 'x']);
  if (random.chance(0.03)) given.push([odd[random.below(odd.length)] ?? '', 'x']);
  if (random.chance(0.02)) given.push(given[random.below(given.length)] ?? ['a', 'b']);
  return given;
}

function valuesOf(
  random: Random,
  name: string,
  { definition, ids }: { readonly definition: ParamDefinition; readonly ids: readonly string[] },
): [string, string][] {
  const sent = random.chance(0.1) ? cased(random, name) : name;
  if (definition.type !== 'map') return [[sent, valueOf(random, { definition, ids })]];
  const count = random.below(3);
  return Array.from({ length: count + 1 }, (_, at): [string, string][] =>
    random.chance(0.8)
      ? [
          [`${sent}[${at}].key`, text(random)],
          [`${sent}[${at}].value`, text(random)],
        ]
      : [
          [
            random.pick([
              `${sent}[${at}]`,
              `${sent}.a.b`,
              `${sent}[-1].key`,
              `${sent}[99999999999]`,
            ]),
            text(random),
          ],
        ],
  ).flat();
}

function valueOf(
  random: Random,
  { definition, ids }: { readonly definition: ParamDefinition; readonly ids: readonly string[] },
): string {
  if (random.chance(0.15)) return text(random);
  const { values = [], min = 0, max = 100_000 } = definition;
  if (values.length > 0) return cased(random, values[random.below(values.length)] ?? '');
  switch (definition.type) {
    case 'uuid':
      return id(random, ids);
    case 'uuidlist':
      return Array.from({ length: 1 + random.below(3) }, () => id(random, ids)).join(',');
    case 'integer':
    case 'long':
      return String(random.pick([min, max, min - 1, max + 1, min + random.below(1000), 0]));
    case 'boolean':
      return random.pick(['true', 'false']);
    case 'date':
      return random.pick(['2026-01-01', '2026-11-22T10:00:00+0000', '1970-01-01 00:00:00']);
    case 'list':
      return Array.from({ length: random.below(4) }, () => text(random)).join(',');
    case 'string':
    case 'map':
      return random.chance(0.3)
        ? text(random)
        : random.pick([
            'name',
            'a-1',
            '10.1.1.0/24',
            '10.1.1.5',
            '203.0.113.20',
            '80',
            'tcp',
            'x y',
          ]);
  }
}

/** Mostly those of the kind that is meant. */
function idsFor(random: Random, kind: string | undefined, known: Known): readonly string[] {
  const right = kind === undefined ? undefined : known.get(kind);
  if (right !== undefined && right.length > 0 && random.chance(0.85)) return right;
  return [...known.values()].flat();
}

function id(random: Random, ids: readonly string[]): string {
  if (random.chance(0.85)) return ids[random.below(ids.length)] ?? '1';
  return random.pick([
    '1',
    '0',
    '6f1f9c1c-64a1-4b0e-9d27-0a4f1f4f7f10',
    '-1',
    '99999999999999999999',
  ]);
}

function text(random: Random): string {
  if (random.chance(0.7)) return odd[random.below(odd.length)] ?? '';
  return String.fromCodePoint(
    ...Array.from({ length: random.below(12) }, () => random.below(0x2_ffff)),
  );
}

function cased(random: Random, name: string): string {
  return random.pick([name, name, name, name.toUpperCase(), name.toLowerCase()]);
}
