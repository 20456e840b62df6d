import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyedQueue } from './queue.ts';

test('a key never runs twice at once, the limit holds, and every wake is followed by a run', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 }),
      async (scheduler, wakes) => {
        const running = new Set<string>();
        const unseen = new Set<string>();
        const queue = createKeyedQueue({
          limit: 2,
          async run(key) {
            expect(running.has(key)).toBe(false);
            running.add(key);
            expect(running.size).toBeLessThanOrEqual(2);
            unseen.delete(key);
            await scheduler.schedule(Promise.resolve());
            running.delete(key);
          },
        });
        for (const number of wakes) {
          unseen.add(String(number));
          queue.wake(String(number));
          if (scheduler.count() > 0 && number % 2 === 0) await scheduler.waitOne();
        }
        await scheduler.waitFor(queue.idle());
        expect([...unseen]).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});

test('later runs the key once its time has come, and a wake replaces it', async () => {
  const runs: string[] = [];
  let done = () => {};
  const seen = new Promise<void>(resolve => {
    done = resolve;
  });
  const queue = createKeyedQueue({
    limit: 1,
    async run(key) {
      runs.push(key);
      if (key === 'b') done();
    },
  });
  queue.later('a', 60_000);
  queue.wake('a');
  queue.later('b', 1);
  await seen;
  expect(runs).toEqual(['a', 'b']);
  await queue.close();
});

test('close waits for what runs and starts nothing more', async () => {
  let finish = () => {};
  const runs: string[] = [];
  const queue = createKeyedQueue({
    limit: 1,
    async run(key) {
      runs.push(key);
      await new Promise<void>(resolve => {
        finish = resolve;
      });
    },
  });
  queue.wake('a');
  queue.wake('a');
  queue.wake('b');
  const closed = queue.close();
  finish();
  await closed;
  queue.wake('c');
  expect(runs).toEqual(['a']);
});
