import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { SettingDefinition } from './definition.ts';
import { settingNames, settingRegistry } from './registry.ts';
import { textSettingNames } from './text-registry.ts';

/** All of the server's sources but tests and the registries. */
const sources = readdirSync(new URL('../../', import.meta.url), {
  recursive: true,
  encoding: 'utf8',
})
  .filter(path => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .filter(path => !path.startsWith('features/setting/'))
  .map(path => ({ path, text: readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8') }));

const readers = (name: string) => sources.filter(({ text }) => text.includes(`'${name}'`));

test.each([...settingNames, ...textSettingNames])('%s is read by something', name => {
  expect(readers(name).map(({ path }) => path)).not.toEqual([]);
});

test('settings that differ by place are read for a place', () => {
  for (const name of settingNames) {
    const { scope }: SettingDefinition = settingRegistry[name];
    const forAll = new RegExp(`\\bsetting\\([^;]*'${name.replaceAll('.', '\\.')}'`);
    if (scope !== undefined)
      expect(readers(name).filter(({ text }) => forAll.test(text))).toEqual([]);
  }
});
