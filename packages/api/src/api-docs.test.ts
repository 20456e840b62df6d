import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderApiDocs } from './api-docs.ts';

test('docs/api.md is up to date; node scripts/api-docs.mjs makes it so', () => {
  const written = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  expect(written).toBe(renderApiDocs());
});
