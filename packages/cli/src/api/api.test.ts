import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandNamed, parseParameters } from './arguments.ts';
import { formatValue, valueAt } from './json.ts';

describe('commandNamed', () => {
  it('takes any letter case', () => {
    expect(commandNamed('listnetworks')).toBe('listNetworks');
  });

  it.each(['listNetwork', 'toString', ''])('refuses %j', text => {
    expect(() => commandNamed(text)).toThrow('no command');
  });
});

describe('parseParameters', () => {
  it('keeps what follows the first equals sign', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z[\].0-9]+$/), fc.string(), (name, value) => {
        expect(parseParameters([`${name}=${value}`])).toEqual({ [name]: value });
      }),
    );
  });

  it.each(['name', '=value', ''])('refuses %j', word => {
    expect(() => parseParameters([word])).toThrow('name=value');
  });
});

describe('valueAt', () => {
  const answer = { count: 1, network: [{ id: 'a', tags: [] }] };

  it('walks objects and lists', () => {
    expect(valueAt(answer, 'network.0.id')).toBe('a');
    expect(formatValue(valueAt(answer, 'count'))).toBe('1');
  });

  it('says how far the path led', () => {
    expect(() => valueAt(answer, 'network.1.id')).toThrow('the answer has no network.1');
    expect(() => valueAt(answer, 'networks')).toThrow('the answer has no networks');
  });
});
