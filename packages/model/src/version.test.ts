import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isolaVersion } from './version.ts';

it('is the package’s version', () => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ version: isolaVersion });
});
