import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type Isolation, look, notIsolated, type Sight } from './isolation.ts';
import { watchIsolation } from './watch.ts';

const limit = 20_000;

const sights = fc
  .array(
    fc.record({
      wait: fc.integer({ min: 0, max: 15_000 }),
      server: fc.boolean(),
      neighbours: fc.integer({ min: 0, max: 2 }),
      neighbourAnswers: fc.boolean(),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map(steps => {
    let now = 0;
    return steps.map(({ wait, ...rest }): Sight => {
      now += wait;
      return { now, ...rest };
    });
  });

describe('isolation', () => {
  it('stops things after the limit without anybody in sight, and never else', () => {
    fc.assert(
      fc.property(sights, all => {
        let state: Isolation = notIsolated;
        for (const [index, sight] of all.entries()) {
          state = look(state, sight, limit);
          // The stretch of sights up to this one in which nobody was seen, though there was somebody to see.
          const blind = (each: Sight): boolean =>
            !each.server && each.neighbours > 0 && !each.neighbourAnswers;
          let first = index;
          while (first > 0 && blind(all[first - 1] ?? sight)) first--;
          const lasted = sight.now - (all[first]?.now ?? sight.now);
          expect(state.mustStop).toBe(blind(sight) && lasted >= limit);
        }
      }),
    );
  });

  it('is watched: stops when cut off, again while it lasts, and not any more when somebody is back', async () => {
    let connected = false;
    let neighbours: readonly string[] = [];
    let stops = 0;
    let asked = 0;
    const end = watchIsolation({
      connected: () => connected,
      neighbours: () => neighbours,
      reaches: () => {
        asked += 1;
        return Promise.reject(new Error('no ping'));
      },
      stop: () => {
        stops += 1;
        return stops === 1 ? Promise.reject(new Error('busy')) : Promise.resolve();
      },
      limitMs: 50,
      everyMs: 5,
      log: pino({ level: 'silent' }),
    });
    const later = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
    await later(150);
    expect(stops).toBe(0);
    neighbours = ['192.0.2.1'];
    await expect.poll(() => stops, { timeout: 5000 }).toBeGreaterThan(2);
    connected = true;
    await later(20);
    const [stopped, pinged] = [stops, asked];
    await later(100);
    expect([stops, asked]).toEqual([stopped, pinged]);
    end();
  });
});
