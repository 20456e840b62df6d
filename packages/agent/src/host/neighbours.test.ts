import { expect, test } from 'vitest';
import { holdersOf } from './neighbours.ts';

test('the interfaces that hold an address are found', () => {
  const json = JSON.stringify([
    { ifname: 'lo', addr_info: [{ local: '127.0.0.1' }] },
    { ifname: 'i0a1b2cc', addr_info: [{ local: '169.254.0.1' }] },
    { ifname: 'eth0' },
    {},
  ]);
  expect(holdersOf('169.254.0.1', json)).toEqual(['i0a1b2cc']);
  expect(holdersOf('169.254.0.2', json)).toEqual([]);
});
