import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gate } from './gate.ts';

test('no more than the limit run at once, in the order asked for, whether work fails or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 20 }),
      fc.scheduler(),
      async (limit, fates, scheduler) => {
        const turn = gate(limit);
        const begun: number[] = [];
        let running = 0;
        const all = Promise.allSettled(
          fates.map((works, index) =>
            turn(async () => {
              begun.push(index);
              running += 1;
              expect(running).toBeLessThanOrEqual(limit);
              await scheduler.schedule(Promise.resolve());
              running -= 1;
              if (!works) throw new Error('failed');
            }),
          ),
        );
        const results = await scheduler.waitFor(all);
        expect(begun).toEqual(fates.map((_, index) => index));
        expect(results.map(result => result.status === 'fulfilled')).toEqual(fates);
      },
    ),
  );
});
