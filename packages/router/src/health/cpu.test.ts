import { expect, test } from 'vitest';
import { CpuMeter, parseCpuTime } from './cpu.ts';

const stat = (user: number, idle: number, iowait: number): string =>
  `cpu  ${user} 0 0 ${idle} ${iowait} 0 0 0 7 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5\n`;

test('time of all processors is read, waiting is idle', () => {
  expect(parseCpuTime(stat(30, 50, 20))).toEqual({ total: 100, idle: 70 });
  expect(() => parseCpuTime('intr 5\n')).toThrow('/proc/stat');
});

test('use is that since the reading before', () => {
  const meter = new CpuMeter();
  expect(meter.next(parseCpuTime(stat(10, 90, 0)))).toBeCloseTo(10);
  expect(meter.next(parseCpuTime(stat(110, 90, 0)))).toBeCloseTo(100);
  expect(meter.next(parseCpuTime(stat(110, 90, 0)))).toBeCloseTo(100);
  expect(meter.next(parseCpuTime(stat(135, 140, 25)))).toBeCloseTo(25);
});
