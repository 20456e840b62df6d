import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDate, parseDate } from './dates.ts';

test.each([
  ['2026-11-22', '2026-11-22T00:00:00+0000'],
  ['2026-11-22T04:21:13+0000', '2026-11-22T04:21:13+0000'],
  ['2026-11-22T04:42:05Z', '2026-11-22T04:42:05+0000'],
  ['2026-11-22 04:42:05', '2026-11-22T04:42:05+0000'],
  ['2026-11-22T04:42:05.123+05:30', '2026-11-21T23:12:05+0000'],
  ['2026-11-22T04:42:05-0100', '2026-11-22T05:42:05+0000'],
])('%s is %s', (text, expected) => {
  const date = parseDate(text);
  expect(date && formatDate(date)).toBe(expected);
});

test.each([
  '',
  'now',
  '2026-02-31',
  '2026-13-01',
  '2026-11-22T24:00:00Z',
  '2026-11-22T01:02:03+9900',
  '1',
])('%s is no date', text => {
  expect(parseDate(text)).toBeUndefined();
});

test('a day ends at its last second', () => {
  expect(parseDate('2026-11-22', true)).toEqual(new Date('2026-11-22T23:59:59Z'));
});

test('round trip, to the second', () => {
  const dates = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, date => {
      const seconds = Math.floor(date.getTime() / 1000) * 1000;
      expect(parseDate(formatDate(date))?.getTime()).toBe(seconds);
    }),
  );
});

test('any text gives a date or undefined', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const date = parseDate(text);
      expect(date === undefined || !Number.isNaN(date.getTime())).toBe(true);
    }),
  );
});
