import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { canMakeNamespaces } from '../testing.ts';
import { rehearse } from './rehearsal.ts';

it.skipIf(!canMakeNamespaces)('is played to its end and leaves nothing behind', async () => {
  const ours = () => ({
    rules: execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }),
    namespaces: execFileSync('ip', ['netns'], { encoding: 'utf8' }).includes('rehearsal-'),
    folders: readdirSync(tmpdir()).filter(name => name.startsWith('isola-rehearsal-')),
  });
  const before = ours();
  await rehearse();
  expect(ours()).toEqual(before);
  expect(before).toMatchObject({ namespaces: false, folders: [] });
});
