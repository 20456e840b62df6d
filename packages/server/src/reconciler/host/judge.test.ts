import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from './states.ts';

const patience = { alertAfter: 20, downAfter: 40 };

test.each([
  ['just lost', { state: 'Disconnected', away: 5, asked: 2, reached: false }, null],
  ['others reach it', { state: 'Disconnected', away: 20, asked: 2, reached: true }, 'Alert'],
  ['nobody can be asked', { state: 'Disconnected', away: 20, asked: 0, reached: false }, 'Alert'],
  ['nobody could ever be asked', { state: 'Alert', away: 9999, asked: 0, reached: false }, null],
  ['others reach it for long', { state: 'Alert', away: 9999, asked: 1, reached: true }, null],
  [
    'nobody reaches it, not for long',
    { state: 'Disconnected', away: 39, asked: 1, reached: false },
    null,
  ],
  ['nobody reaches it', { state: 'Disconnected', away: 40, asked: 1, reached: false }, 'Down'],
  ['nobody reaches it any more', { state: 'Alert', away: 40, asked: 1, reached: false }, 'Down'],
] as const)('%s', (_, absence, state) => {
  expect(judge(absence, patience)).toBe(state);
});

test('no host is taken for dead unless another was asked, none reaches it, and it was away for long enough', () => {
  const absence = fc.record({
    state: fc.constantFrom('Up', 'Connecting', 'Disconnected', 'Alert', 'Down' as const),
    away: fc.nat(200),
    asked: fc.nat(2),
    reached: fc.boolean(),
  });
  fc.assert(
    fc.property(absence, host => {
      if (judge(host, patience) !== 'Down') return;
      expect(host.away).toBeGreaterThanOrEqual(patience.downAfter);
      expect(host.asked).toBeGreaterThan(0);
      expect(host.reached).toBe(false);
    }),
  );
});
