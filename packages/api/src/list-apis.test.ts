import { expect, test } from 'vitest';
import { commands } from './commands/index.ts';
import { describeApis } from './list-apis.ts';
import { resultAnswer } from './wire/answer.ts';

test('the root administrator sees every command, by name', () => {
  const names = describeApis(() => true).map(({ name }) => name);
  expect(names).toEqual(Object.keys(commands).toSorted());
});

test('a user sees no command of administrators, not even as a related one', () => {
  const apis = describeApis(command => command.roles.includes('User'));
  const names = new Set(apis.map(({ name }) => name));
  expect(names.has('listRouters')).toBe(false);
  for (const { related, params } of apis) {
    for (const other of [related, ...params.map(param => param.related ?? '')]) {
      for (const name of other.split(',').filter(text => text !== '')) {
        expect(names).toContain(name);
      }
    }
  }
});

test('one command, in any letter case', () => {
  const [api, ...more] = describeApis(command => command.roles.includes('User'), 'LISTnetworks');
  expect(more).toEqual([]);
  expect(api?.related.split(',')).toContain('createNetwork');
  expect(api?.params.find(({ name }) => name === 'zoneid')).toEqual({
    name: 'zoneid',
    description: 'Show only networks of this zone',
    type: 'uuid',
    required: false,
    related: 'listZones',
  });
  expect(api?.params.find(({ name }) => name === 'name')?.length).toBe(255);
  expect(api?.response.find(({ name }) => name === 'service')?.response?.[0]?.name).toBe(
    'capability',
  );
  expect(describeApis(command => command.roles.includes('User'), 'nothing')).toEqual([]);
});

test('nothing is lost on the wire', () => {
  const items = describeApis(() => true);
  expect(resultAnswer(commands.listApis, { count: items.length, items }).body).toEqual({
    count: items.length,
    api: items,
  });
});
