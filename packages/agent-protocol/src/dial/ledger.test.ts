import { expect, it } from 'vitest';
import { type Answer, Ledger } from './ledger.ts';

const answer = (id: string): Answer => ({ type: 'result', id, result: null });

it('a command is carried out once, however often it is asked, until its answer is settled', async () => {
  const ledger = new Ledger();
  let runs = 0;
  const finish: ((answer: Answer) => void)[] = [];
  const work = (): Promise<Answer> => {
    runs += 1;
    return new Promise(resolve => finish.push(resolve));
  };
  const first = ledger.run('a', work);
  const while_ = ledger.run('a', work);
  finish[0]?.(answer('a'));
  expect(await first).toEqual(answer('a'));
  expect(await while_).toEqual(answer('a'));
  expect(await ledger.run('a', work)).toEqual(answer('a'));
  expect(runs).toBe(1);
  ledger.forget(['a', 'unknown']);
  void ledger.run('a', work);
  expect(runs).toBe(2);
});

it('forgets the oldest when nobody settles', async () => {
  const ledger = new Ledger();
  let runs = 0;
  const work = (): Promise<Answer> => Promise.resolve(answer(String(runs++)));
  for (let id = 0; id < 1500; id++) await ledger.run(String(id), work);
  await ledger.run('1499', work);
  expect(runs).toBe(1500);
  await ledger.run('0', work);
  expect(runs).toBe(1501);
});
