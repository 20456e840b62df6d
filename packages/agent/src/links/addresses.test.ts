import { expect, test } from 'vitest';
import { parseAddresses } from './addresses.ts';

test('finds each address with its holder', () => {
  // `ip` prints an empty object for what its filter left out.
  const json = `[{},{"ifname":"lo","addr_info":[]},{"ifname":"i0a1b2cc","addr_info":[{"local":"169.254.0.1"},{"local":"192.0.2.1"}]},
    {"ifname":"eth1","addr_info":[{"local":"192.0.2.2"},{}]}]`;
  expect(parseAddresses(json)).toEqual([
    { address: '169.254.0.1', holder: 'i0a1b2cc' },
    { address: '192.0.2.1', holder: 'i0a1b2cc' },
    { address: '192.0.2.2', holder: 'eth1' },
  ]);
  expect(parseAddresses('')).toEqual([]);
});
