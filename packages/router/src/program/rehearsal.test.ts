import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { programs } from '../system/run.ts';
import { canMakeNamespaces } from '../testing.ts';
import { rehearse } from './rehearsal.ts';

it.skipIf(!canMakeNamespaces)('is played to its end and leaves nothing behind', async () => {
  const { run } = programs();
  const ours = async () => ({
    rules: (await run(['nft', 'list', 'ruleset'])).stdout,
    namespaces: (await run(['ip', 'netns'])).stdout.includes(`rehearsal-${process.pid}`),
    folders: readdirSync(tmpdir()).filter(name => name.startsWith('isola-rehearsal-')),
  });
  const before = await ours();
  await rehearse();
  expect(await ours()).toEqual(before);
  expect(before).toMatchObject({ namespaces: false, folders: [] });
});
