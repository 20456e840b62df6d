import { expect, test } from 'vitest';
import { statementNames } from './statement-names.ts';

const often = 20;

test('a statement that is used often gets a name of its own and keeps it', () => {
  const nameOf = statementNames();
  const last = (text: string) => Array.from({ length: often }, () => nameOf(text)).at(-1);
  expect(nameOf('select 1')).toBeUndefined();
  const one = last('select 1');
  const two = last('select 2');
  expect(one).toBeDefined();
  expect(two).toBeDefined();
  expect(one).not.toBe(two);
  expect(nameOf('select 1')).toBe(one);
});

test('however many statements there are, the names are bounded', () => {
  const nameOf = statementNames();
  const names = new Set<string | undefined>();
  for (let at = 0; at < 1000; at += 1)
    for (let use = 0; use < often; use += 1) names.add(nameOf(`select ${at}`));
  expect(names.size).toBeLessThanOrEqual(151);
});
