import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuPercent, parseCpuTime, parseMemoryUsed } from './load.ts';

describe('load', () => {
  it('reads what the kernel writes', () => {
    const stat = 'cpu  100 10 50 800 40 1 2 7 30 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 1\n';
    expect(parseCpuTime(stat)).toEqual({ busy: 170, total: 1010 });
    const memory = 'MemTotal:       1000 kB\nMemFree:  10 kB\nMemAvailable:    400 kB\n';
    expect(parseMemoryUsed(memory)).toBe(600 * 1024);
  });

  it('is between nothing and all of the cores, whenever it is measured', () => {
    const grown = fc.tuple(fc.nat(), fc.nat());
    fc.assert(
      fc.property(grown, grown, ([busy, idle], [moreBusy, moreIdle]) => {
        const before = { busy, total: busy + idle };
        const now = { busy: busy + moreBusy, total: before.total + moreBusy + moreIdle };
        const percent = cpuPercent(before, now);
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(percent).toBeLessThanOrEqual(100);
        expect(cpuPercent(now, now)).toBe(0);
      }),
    );
  });
});
