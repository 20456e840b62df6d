import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestMajor } from '../postgres/binaries.ts';
import { renderSettings } from '../postgres/settings.ts';
import { installedIn } from './apt.ts';
import { parseOsRelease } from './checks.ts';
import { homeState } from './home.ts';
import { packagesFor } from './packages.ts';

describe('homeState', () => {
  it.each([
    [null, 'absent'],
    [[], 'usable'],
    [['import', 'isola.toml'], 'usable'],
    [['isola.toml'], 'usable'],
    [['.isola-home', 'anything'], 'ours'],
    [['etc', 'home', 'usr'], 'foreign'],
    [['isola.toml', 'thesis.tex'], 'foreign'],
  ] as const)('%j is %s', (entries, state) => {
    expect(homeState(entries)).toBe(state);
  });
});

describe('installedIn', () => {
  it('counts installed packages only', () => {
    const text = 'lxc ii \nzstd rc \nconntrack un \nnftables hi \n';
    expect([...installedIn(text)]).toEqual(['lxc', 'nftables']);
  });
});

describe('packagesFor', () => {
  it('gives the tests everything', () => {
    expect(packagesFor('tests')).toEqual(
      expect.arrayContaining([...packagesFor('product', 'database'), 'python3-cs']),
    );
  });
});

describe('parseOsRelease', () => {
  it('reads quoted and bare values', () => {
    expect(parseOsRelease('ID=debian\nPRETTY_NAME="Debian 12"\n# x\n')).toEqual({
      ID: 'debian',
      PRETTY_NAME: 'Debian 12',
    });
  });
});

describe('PostgreSQL', () => {
  it('takes the newest version by number', () => {
    expect(newestMajor(['9', '15', '17', 'lib'])).toBe('17');
    expect(newestMajor([])).toBeNull();
  });

  it('quotes settings so that they end where they should', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\n]*$/), value => {
        const text = renderSettings({ name: value });
        const quoted = /^name = '((?:[^']|'')*)'\n$/.exec(text);
        expect(quoted?.[1]?.replaceAll("''", "'")).toBe(value);
      }),
    );
  });
});
