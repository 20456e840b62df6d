import { IsolaError } from '@isola/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commands } from '../commands/index.ts';
import { type CommandDefinition, defineCommand } from '../define.ts';
import { successEntity } from '../entities/success.ts';
import { param, port, required } from '../param.ts';
import { decodeParams } from './decode-params.ts';
import { encodeParams } from './encode-params.ts';

const id = '6f1f9c1c-64a1-4b0e-9d27-0a4f1f4f7f10';

const sample = defineCommand({
  name: 'sample',
  description: '',
  async: false,
  roles: ['User'],
  params: {
    text: param.text('', { length: 5 }),
    choice: param.text('', { values: ['tcp', 'udp'] }),
    id: param.id('', required),
    port: param.whole('', port),
    size: param.long(''),
    flag: param.flag(''),
    date: param.date(''),
    enddate: param.date(''),
    list: param.list(''),
    ids: param.ids(''),
    tags: param.map(''),
    password: param.text('', { length: 3 }),
  },
  refused: ['vpcid', 'datadiskofferinglist'],
  response: successEntity,
  shape: 'success',
});

function decode(params: Record<string, string>) {
  return decodeParams(sample, Object.entries({ id, ...params }));
}

function refusal(params: Record<string, string>): IsolaError {
  try {
    decode(params);
  } catch (error) {
    if (error instanceof IsolaError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('values', () => {
  test('a list has a limit', () => {
    const of = (items: number) => decode({ ids: Array(items).fill('7').join(',') });
    expect(of(500).ids).toHaveLength(500);
    expect(() => of(501)).toThrow(/invalid value/);
  });

  test('names in any letter case, unknown names ignored', () => {
    expect(decode({ TEXT: 'a', showicon: 'true', timestamp: '1' })).toEqual({ id, text: 'a' });
  });

  test('empty counts as absent', () => {
    expect(decode({ text: '', list: '', 'tags[0].key': '' })).toEqual({ id, tags: [{ key: '' }] });
    expect(() => decodeParams(sample, [['id', '']])).toThrow(/missing parameter id/);
  });

  test('the first of duplicates counts', () => {
    const pairs: [string, string][] = [
      ['ID', id],
      ['Text', 'one'],
      ['text', 'two'],
    ];
    expect(decodeParams(sample, pairs)).toEqual({ id, text: 'one' });
  });

  test.each(['true', 'True', 'TRUE', '1'])('%s is true', flag => {
    expect(decode({ flag })).toEqual({ id, flag: true });
  });

  test.each(['false', 'False', '0', 'None'])('%s is false', flag => {
    expect(decode({ flag })).toEqual({ id, flag: false });
  });

  test('lists are joined by commas', () => {
    expect(decode({ list: 'a, b,,c', ids: `${id.toUpperCase()},7` })).toEqual({
      id,
      list: ['a', 'b', 'c'],
      ids: [id, '7'],
    });
  });

  test('maps by index, dotted maps as one record; keys keep their case', () => {
    expect(
      decode({
        'tags[2].key': 'c',
        'Tags[0].key': 'a',
        'tags[0].value': 'b',
        'tags.cpuNumber': '4',
        'tags[0].__proto__': 'x',
      }).tags,
    ).toEqual([
      Object.fromEntries([
        ['key', 'a'],
        ['value', 'b'],
        ['__proto__', 'x'],
      ]),
      { key: 'c' },
      { cpuNumber: '4' },
    ]);
  });

  test('internal numbers of old scripts are ids', () => {
    expect(decode({ id: '1' })).toEqual({ id: '1' });
  });

  test('choices are compared without case and given as declared', () => {
    expect(decode({ choice: 'TCP' })).toEqual({ id, choice: 'tcp' });
  });

  test('days end where a range ends', () => {
    expect(decode({ date: '2026-11-22', enddate: '2026-11-22' })).toEqual({
      id,
      date: new Date('2026-11-22T00:00:00Z'),
      enddate: new Date('2026-11-22T23:59:59Z'),
    });
  });
});

describe('refusals name the parameter', () => {
  test.each([
    ['text', 'longer'],
    ['choice', 'sctp'],
    ['port', '0'],
    ['port', '65536'],
    ['port', '1.5'],
    ['port', '0x10'],
    ['size', '99999999999999999'],
    ['flag', 'maybe'],
    ['date', 'today'],
    ['vpcid', id],
  ])('%s=%s', (name, value) => {
    const error = refusal({ [name]: value });
    expect(error.code).toBe('invalid_parameter');
    expect(error.status).toBe(431);
    expect(error.message).toContain(name);
  });

  test.each([
    ['id', 'abc'],
    ['ids', `${id},abc`],
    ['id', `${id}'--`],
  ])('%s=%s is no id', (name, value) => {
    expect(refusal({ [name]: value })).toMatchObject({ code: 'unknown_id', status: 431 });
  });

  test.each(['\u0000', 'a\u0000', '\u001b[31m', '\t', '\u007f'])('control character %j', text => {
    expect(refusal({ text }).message).toContain('text');
  });

  test('no secret is shown', () => {
    expect(refusal({ password: 'hunter2' }).message).not.toContain('hunter2');
  });

  test('what the caller turns off or does not mean is not refused', () => {
    expect(decode({ vpcid: '-1' })).toEqual({ id });
    expect(refusal({ 'datadiskofferinglist[0].size': '1' }).message).toContain(
      'datadiskofferinglist',
    );
  });
});

test('arbitrary input gives parameters or an IsolaError, for every command', () => {
  const all: readonly CommandDefinition[] = Object.values(commands);
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constant(id),
    fc.integer().map(String),
  );
  const call = fc.constantFrom(...all).chain(command => {
    const known = fc.constantFrom('id', ...Object.keys(command.params));
    const name = fc.oneof(
      known,
      fc
        .tuple(known, fc.nat(20_000), fc.string())
        .map(([n, index, key]) => `${n}[${index}].${key}`),
      fc.string(),
    );
    return fc.record({ command: fc.constant(command), pairs: fc.array(fc.tuple(name, text)) });
  });
  fc.assert(
    fc.property(call, ({ command, pairs }) => {
      try {
        decodeParams(command, pairs);
      } catch (error) {
        expect(error).toBeInstanceOf(IsolaError);
        expect(error).toMatchObject({ status: 431 });
      }
    }),
    { numRuns: 500 },
  );
});

test('what a client encodes is decoded to the same', () => {
  const word = fc.stringMatching(/^[a-z0-9 *~&=ü]{1,5}$/).filter(text => text.trim() === text);
  const values = fc.record(
    {
      id: fc.uuid(),
      text: word,
      choice: fc.constantFrom('tcp', 'udp'),
      port: fc.integer({ min: 1, max: 65_535 }),
      size: fc.maxSafeInteger(),
      flag: fc.boolean(),
      list: fc.array(word, { minLength: 1 }),
      ids: fc.array(fc.uuid(), { minLength: 1 }),
      tags: fc.array(fc.record({ key: word, value: word }), { minLength: 1 }),
    },
    { requiredKeys: ['id'] },
  );
  fc.assert(
    fc.property(values, params => {
      expect(decodeParams(sample, Object.entries(encodeParams(params)))).toEqual(params);
    }),
  );
});
