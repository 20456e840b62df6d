import { expect, test } from 'vitest';
import { NamesInTurn } from './names-in-turn.ts';

test('all have their turn, also while there come to be fewer', () => {
  const inTurn = new NamesInTurn(2);
  const five = ['a', 'b', 'c', 'd', 'e'];
  expect([inTurn.next(five), inTurn.next(five), inTurn.next(five)]).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['e', 'a'],
  ]);
  const few = ['a', 'b', 'c'];
  expect(new Set([...inTurn.next(few), ...inTurn.next(few)])).toEqual(new Set(few));
  expect(inTurn.next(['a'])).toEqual(['a']);
});
