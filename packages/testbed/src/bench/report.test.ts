import { describe, expect, it } from 'vitest';
import { renderPage, renderTable, updatePage } from './report.ts';
import { figure, type Row, verdict } from './row.ts';
import { percentile } from './statistics.ts';

const fast: Row = {
  what: 'rule',
  value: 12.34,
  unit: 'ms',
  also: 'max 20',
  baseline: { what: 'nft', value: 2.5 },
  aim: { below: 50 },
};
const slow: Row = { what: 'rate', value: 0.9, unit: 'x', aim: { atLeast: 0.95 } };

describe('verdict', () => {
  it('compares with the aim', () => {
    expect([verdict(fast), verdict(slow), verdict({ ...slow, value: 0.95 })]).toEqual([
      'met',
      'missed',
      'met',
    ]);
    expect(verdict({ ...fast, value: 50 })).toBe('missed');
    expect(verdict({ what: 'a', value: 1, unit: 's' })).toBeNull();
  });
});

describe('figure', () => {
  it.each([
    [0.2134, '0.213'],
    [45.06, '45.1'],
    [19_812, '19,800'],
    [2, '2'],
  ])('%d is %s', (value, text) => expect(figure(value)).toBe(text));
});

describe('percentile', () => {
  it('takes the nearest rank', () => {
    expect([0, 0.5, 0.9, 1].map(part => percentile([4, 1, 3, 2], part))).toEqual([1, 2, 4, 4]);
    expect(() => percentile([], 0.5)).toThrow('no samples');
  });
});

describe('the page', () => {
  it('has a line for each figure', () => {
    expect(renderTable([fast, slow]).split('\n')).toEqual([
      '| what | result           | baseline     | ratio | aim       | verdict |',
      '| ---- | ---------------- | ------------ | ----- | --------- | ------- |',
      '| rule | 12.3 ms (max 20) | 2.5 ms (nft) | 4.94  | < 50 ms   | met     |',
      '| rate | 0.9 x            |              |       | >= 0.95 x | missed  |',
    ]);
  });

  it('names what was missed and what was not measured', () => {
    const page = renderPage(
      ['a machine'],
      [
        { title: 'One', method: 'so', seconds: 3, result: { rows: [fast, slow] } },
        { title: 'Two', method: 'so', seconds: 1, result: { failure: 'it broke' } },
      ],
    );
    expect(page).toContain('1 of 2 aims are met; missed: rate.');
    expect(page).toContain('Not measured: it broke');
  });

  it('takes the sections of a later run of some', () => {
    const [one, two] = ['One', 'Two'].map(title => ({
      title,
      method: 'so',
      seconds: 3,
      result: { rows: [slow] },
    }));
    if (one === undefined || two === undefined) throw new Error('no outcomes');
    const page = renderPage(['a machine'], [one, two]);
    const better = { ...one, result: { rows: [fast] } };
    const updated = updatePage(page, ['a day', 'a load'], [better, { ...two, title: 'Three' }]);
    expect(updated).toContain('1 of 3 aims are met; missed: rate; rate.');
    expect(updated.match(/^## .*$/gm)).toEqual(['## One', '## Two', '## Three']);
    expect(updated).toContain('Took 3 s. Measured by itself: a day; a load.');
    expect(updatePage(updated, ['a day', 'a load'], [better])).toBe(updated);
    expect(updated).toContain('* a machine');
  });
});
