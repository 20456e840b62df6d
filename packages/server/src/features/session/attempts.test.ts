import { expect, test } from 'vitest';
import { httpLimits } from '../../http/limits.ts';
import { loginAttempts } from './attempts.ts';

const most = httpLimits.loginFailuresPerUser;
const eve = { user: 'root/eve', address: '192.0.2.1' };

/** Attempts that are begun and not ended, in the order in which they began; `null` for one that was refused. */
function underway(attempts: ReturnType<typeof loginAttempts>, tries: readonly (typeof eve)[]) {
  const begun: Awaited<ReturnType<typeof attempts.begin>>[] = [];
  for (const one of tries) void attempts.begin(one).then(what => begun.push(what));
  return begun;
}
const settled = () => new Promise(done => setImmediate(done));

test('wrong passwords that come together are no more than one after another', async () => {
  const attempts = loginAttempts(() => 0);
  const begun = underway(attempts, Array(50).fill(eve));
  await settled();
  expect(begun).toHaveLength(most);
  let looked = 0;
  for (let at = 0; at < begun.length; at += 1) {
    if (begun[at] !== null) looked += 1;
    begun[at]?.end('failed');
    await settled();
  }
  expect(begun).toHaveLength(50);
  expect(looked).toBe(most);
});

test('right passwords that come together all pass', async () => {
  const attempts = loginAttempts(() => 0);
  const begun = underway(attempts, Array(50).fill(eve));
  for (let at = 0; at < 50; at += 1) {
    await settled();
    begun[at]?.end('succeeded');
  }
  expect(begun).toHaveLength(50);
  expect(begun).not.toContain(null);
});

test('an address has a number of its own, another address and another user theirs', async () => {
  const attempts = loginAttempts(() => 0);
  const users = Array.from({ length: httpLimits.loginFailuresPerAddress + 20 }, (_, at) => ({
    ...eve,
    user: `root/u${at}`,
  }));
  const begun = underway(attempts, users);
  for (let at = 0; at < users.length; at += 1) {
    await settled();
    begun[at]?.end('failed');
  }
  expect(begun.filter(one => one !== null)).toHaveLength(httpLimits.loginFailuresPerAddress);
  expect(await attempts.begin(eve)).toBeNull();
  expect(await attempts.begin({ ...eve, address: '192.0.2.2' })).not.toBeNull();
});

test('the window ends, and a right password forgives the wrong ones before it', async () => {
  let time = 0;
  const attempts = loginAttempts(() => time);
  const fail = async () => (await attempts.begin(eve))?.end('failed');
  for (let at = 1; at < most; at += 1) await fail();
  (await attempts.begin(eve))?.end('succeeded');
  for (let at = 0; at < most; at += 1) await fail();
  expect(await attempts.begin(eve)).toBeNull();
  time = httpLimits.loginWindow;
  expect(await attempts.begin(eve)).not.toBeNull();
});

test('who is only refused is not remembered, nor who logged in', async () => {
  const counts = new Map();
  const attempts = loginAttempts(() => 0, counts);
  for (let at = 0; at < httpLimits.loginFailuresPerAddress; at += 1)
    (await attempts.begin({ ...eve, user: `root/u${at}` }))?.end('failed');
  const known = counts.size;
  expect(known).toBe(httpLimits.loginFailuresPerAddress + 1);
  for (let at = 0; at < 1000; at += 1)
    expect(await attempts.begin({ ...eve, user: `root/w${at}` })).toBeNull();
  expect(counts.size).toBe(known);
  (await attempts.begin({ ...eve, address: '192.0.2.2' }))?.end('succeeded');
  expect(counts.size).toBe(known);
});
