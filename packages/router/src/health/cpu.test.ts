import { expect, test } from 'vitest';
import { CpuMeter, parseCpuTime } from './cpu.ts';

const stat = (user: number, idle: number, iowait: number): string =>
  `cpu  ${user} 0 0 ${idle} ${iowait} 0 0 0 7 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5\n`;

test('time of all processors is read, waiting is idle', () => {
  expect(parseCpuTime(stat(30, 50, 20))).toEqual({ total: 100, idle: 70, processors: 1 });
  expect(() => parseCpuTime('intr 5\n')).toThrow('/proc/stat');
});

test('use is that since the reading before, unless that was a moment ago', () => {
  const meter = new CpuMeter();
  expect(meter.next(parseCpuTime(stat(1000, 9000, 0)))).toBeCloseTo(10);
  expect(meter.next(parseCpuTime(stat(1999, 9000, 0)))).toBeCloseTo(10);
  expect(meter.next(parseCpuTime(stat(11_000, 9000, 0)))).toBeCloseTo(100);
  expect(meter.next(parseCpuTime(stat(11_000, 9000, 0)))).toBeCloseTo(100);
  expect(meter.next(parseCpuTime(stat(13_500, 14_000, 2500)))).toBeCloseTo(25);
});
