import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commands } from './commands/index.ts';
import type { CommandDefinition, FieldDefinition } from './define.ts';

interface CommandFacts {
  readonly group: string;
  readonly async: boolean;
  readonly entity: string;
  /** Types by name; those of required ones end with `!`. */
  readonly params: Readonly<Record<string, string>>;
  /** Key of its object in the answer. */
  readonly key?: string;
}

/** Types of fields by name; of objects within an object, and of lists of them, their fields. */
interface EntityFacts {
  readonly [field: string]: string | EntityFacts;
}

/** CloudStack's facts of its commands and of the objects in their answers. */
const facts: {
  readonly commands: Readonly<Record<string, CommandFacts>>;
  readonly entities: Readonly<Record<string, EntityFacts>>;
} = JSON.parse(readFileSync(new URL('./cloudstack-facts.json', import.meta.url), 'utf8'));

/** Commands that CloudStack has not, or has in its simulator only. Their descriptions say so. */
const own: readonly string[] = [
  'createHostToken',
  'configureSimulator',
  'querySimulatorMock',
  'cleanupSimulatorMock',
];

/** Parameters about things that no host of ours has, or that change nothing that a caller could see: read by nobody. */
const meaningless = new Set(
  `arch showicon customid storageaccessgroup nsxsupportlb nsxsupportsinternallb keepaliveenabled
  guestvswitchname guestvswitchtype publicvswitchname publicvswitchtype ovm3cluster ovm3pool ovm3vip
  vsmipaddress vsmpassword vsmusername tungstenvirtualrouteruuid bootintosetup retrieveonlyresourcecount
  hideipaddressusage keepmacaddressonpublicnic isvnf vgpuprofileid gpuenabled asnumber bgppeerids regionid`.split(
    /\s+/,
  ),
);

const definitions = Object.values<CommandDefinition>(commands);

test('every command is CloudStack’s or said to be our own', () => {
  for (const [name, definition] of Object.entries(commands)) {
    expect(definition.name).toBe(name);
    if (!own.includes(name)) expect(Object.keys(facts.commands)).toContain(name);
  }
});

describe.each(definitions)('$name', command => {
  const fact = facts.commands[command.name];

  test.runIf(own.includes(command.name))('is said to be our own', () => {
    expect(command.description).toContain('(Isola’s own command)');
  });

  test.skipIf(fact === undefined)('is as in CloudStack', () => {
    const required = Object.entries(command.params)
      .filter(([, param]) => param.required)
      .map(([name]) => name.toLowerCase());
    expect({ async: command.async, required: required.toSorted() }).toEqual({
      async: fact?.async,
      required: Object.entries(fact?.params ?? {})
        .filter(([, type]) => type.endsWith('!'))
        .map(([name]) => name.toLowerCase())
        .toSorted(),
    });
    if (fact?.key !== undefined && ['list', 'one'].includes(command.shape))
      expect(command.response.name).toBe(fact.key);
  });

  test.skipIf(fact === undefined)('takes, refuses or may ignore each of its parameters', () => {
    const theirs = Object.entries(fact?.params ?? {}).map(
      ([name, type]) => [name.toLowerCase(), type.replace('!', '')] as const,
    );
    const ours = new Map(
      Object.entries(command.params).map(([name, { type }]) => [name.toLowerCase(), type]),
    );
    const refused = new Set(command.refused?.map(name => name.toLowerCase()));
    const open = theirs
      .map(([name]) => name)
      .filter(name => !ours.has(name) && !refused.has(name) && !meaningless.has(name));
    expect(open).toEqual([]);
    for (const [name] of ours) expect(theirs.map(([their]) => their)).toContain(name);
    for (const [name, type] of theirs) {
      const our = ours.get(name);
      // An id in the form of a number is taken as text, like any other.
      if (our !== undefined && !(our === 'uuid' && type === 'long'))
        expect([name, sameKind(our)]).toEqual([name, sameKind(type)]);
    }
  });

  test.skipIf(fact === undefined)('answers with fields of the types that clients read', () => {
    expectSameTypes(command.response.fields, facts.entities[fact?.entity ?? ''] ?? {});
  });

  test('is described', () => {
    const descriptions = [
      command.description,
      ...Object.values(command.params).map(({ description }) => description),
      ...fieldDescriptions(command.response.fields),
    ];
    for (const description of descriptions) {
      expect(description).toMatch(/^\S.*[^\s.]$/);
    }
  });

  test('has names that can be told apart in any letter case', () => {
    const names = [...Object.keys(command.params), ...(command.refused ?? [])];
    expect(new Set(names.map(name => name.toLowerCase())).size).toBe(names.length);
  });

  test('has a role; those that change something have an event', () => {
    expect(command.roles).toContain('Root Admin');
    if (command.async) expect(command.event).toMatch(/^[A-Z_.]+$/);
  });
});

test('lists page and search', () => {
  for (const command of definitions) {
    const theirs = facts.commands[command.name]?.params;
    if (command.shape !== 'list' || theirs?.['pagesize'] === undefined) continue;
    expect(Object.keys(command.params)).toEqual(
      expect.arrayContaining(['keyword', 'page', 'pagesize']),
    );
  }
});

/** Types that are the same to those who read and write JSON. An id may be an internal number as text. */
function sameKind(type: string): string {
  if (['uuid', 'date'].includes(type)) return 'string';
  if (type === 'uuidlist') return 'list';
  if (['long', 'integer', 'number'].includes(type)) return 'number';
  return type === 'json.RawMessage' ? 'any' : type;
}

function expectSameTypes(
  ours: Readonly<Record<string, FieldDefinition>>,
  theirs: EntityFacts,
): void {
  for (const [name, { type, fields }] of Object.entries(ours)) {
    const their = theirs[name];
    if (typeof their === 'string') expect([name, sameKind(type)]).toEqual([name, sameKind(their)]);
    else if (their !== undefined) {
      expect([name, ['list', 'map', 'any']]).toEqual([name, expect.arrayContaining([type])]);
      expectSameTypes(fields ?? {}, their);
    }
  }
}

function fieldDescriptions(fields: Readonly<Record<string, FieldDefinition>>): readonly string[] {
  return Object.values(fields).flatMap(({ description, fields: inner }) => [
    description,
    ...fieldDescriptions(inner ?? {}),
  ]);
}
