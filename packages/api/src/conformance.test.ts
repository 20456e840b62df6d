import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commands } from './commands/index.ts';
import type { CommandDefinition, FieldDefinition } from './define.ts';

/** CloudStack's facts: whether a command is async, what it requires, and the key of its object in the answer. */
const facts: Readonly<
  Record<
    string,
    { readonly async: boolean; readonly required: readonly string[]; readonly key?: string }
  >
> = JSON.parse(readFileSync(new URL('./conformance.fixture.json', import.meta.url), 'utf8'));

/** Commands that CloudStack has not. Their descriptions say so. */
const own: readonly string[] = ['createHostToken'];

const definitions = Object.values<CommandDefinition>(commands);

test('every command is there and no other', () => {
  expect(definitions.map(({ name }) => name).toSorted()).toEqual(
    [...Object.keys(facts), ...own].toSorted(),
  );
  for (const [name, definition] of Object.entries(commands)) expect(definition.name).toBe(name);
});

describe.each(definitions)('$name', command => {
  test.runIf(own.includes(command.name))('is said to be our own', () => {
    expect(command.description).toContain('(Isola’s own command)');
  });

  test.skipIf(own.includes(command.name))('is as in CloudStack', () => {
    const required = Object.entries(command.params)
      .filter(([, param]) => param.required)
      .map(([name]) => name);
    const key = ['list', 'one'].includes(command.shape) ? command.response.name : undefined;
    expect({ async: command.async, required: required.toSorted(), key }).toEqual({
      key: undefined,
      ...facts[command.name],
    });
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
  const unpaged = [
    'updateResourceCount',
    'listRolePermissions',
    'listApis',
    'listEventTypes',
    'listHypervisors',
    'registerTemplate',
  ];
  for (const command of definitions) {
    // CloudStack's addHost and addCluster answer with lists of one.
    if (command.shape !== 'list' || command.name.startsWith('add')) continue;
    if (unpaged.includes(command.name)) continue;
    expect(Object.keys(command.params)).toEqual(
      expect.arrayContaining(['keyword', 'page', 'pagesize']),
    );
  }
});

function fieldDescriptions(fields: Readonly<Record<string, FieldDefinition>>): readonly string[] {
  return Object.values(fields).flatMap(({ description, fields: inner }) => [
    description,
    ...fieldDescriptions(inner ?? {}),
  ]);
}
