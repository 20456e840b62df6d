import { expect, it } from 'vitest';
import { pauseAfter } from './watch-loop.ts';

it.each([
  [1, 2000],
  [100, 5000],
  // A slow machine, or a very large configuration, is looked at every twenty seconds all the same.
  [8000, 20_000],
])('pauses after a look of %i ms for %i ms', (took, pause) => {
  expect(pauseAfter(took)).toBe(pause);
});
