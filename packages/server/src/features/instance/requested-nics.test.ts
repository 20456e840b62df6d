import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMac } from '../nic/mac.ts';
import { generatedName, requireHostName } from './host-name.ts';
import { requestedNics } from './requested-nics.ts';
import { checkedUserData, userDataLimit } from './user-data.ts';

describe('requestedNics', () => {
  test('networkids in their order; ipaddress and macaddress are the first one’s', () => {
    expect(
      requestedNics({
        networkids: ['a', 'b'],
        ipaddress: '10.1.1.5',
        macaddress: '02-00-00-00-00-0A',
      }),
    ).toEqual([{ network: 'a', address: '10.1.1.5', mac: '02:00:00:00:00:0a' }, { network: 'b' }]);
  });
  test('nothing asked for is one NIC in the only network', () => {
    expect(requestedNics({})).toEqual([{ network: null }]);
  });
  test('iptonetworklist carries everything by itself', () => {
    expect(requestedNics({ iptonetworklist: [{ networkid: 'a', ip: '10.1.1.9' }] })).toEqual([
      { network: 'a', address: '10.1.1.9' },
    ]);
  });
  test.each([
    [{ networkids: ['a'], iptonetworklist: [{ networkid: 'b' }] }],
    [{ iptonetworklist: [{ ip: '10.1.1.9' }] }],
    [{ iptonetworklist: [{ networkid: 'a', ipv6: '2001:db8::1' }] }],
    [{ networkids: ['a'], macaddress: 'nonsense' }],
  ])('refuses %j', asked => {
    expect(() => requestedNics(asked)).toThrow(expect.objectContaining({ status: 431 }));
  });
});

test('host names: generated ones pass, and what passes is a DNS label', () => {
  requireHostName(generatedName());
  fc.assert(
    fc.property(fc.string({ maxLength: 70 }), text => {
      try {
        requireHostName(text);
      } catch {
        return;
      }
      expect(text).toMatch(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/);
    }),
  );
});

test('user data: any bytes in any base64 come out canonical; too much or something else is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      const canonical = Buffer.from(bytes).toString('base64');
      expect(checkedUserData(canonical)).toBe(canonical);
      expect(checkedUserData(Buffer.from(bytes).toString('base64url'))).toBe(canonical);
      expect(checkedUserData(canonical.replace(/(.{20})/g, '$1\n'))).toBe(canonical);
    }),
  );
  const long = Buffer.alloc(userDataLimit + 1).toString('base64');
  for (const text of ['a', 'ab=c', '%%%%', long])
    expect(() => checkedUserData(text)).toThrow(expect.objectContaining({ status: 431 }));
});

test('MAC addresses: unicast only, written one way', () => {
  expect(parseMac('02:AB:cd:00:11:22')).toBe('02:ab:cd:00:11:22');
  for (const text of [
    'ff:ff:ff:ff:ff:ff',
    '01:00:5e:00:00:01',
    '00:00:00:00:00:00',
    '02:00:00:00:00',
  ])
    expect(parseMac(text)).toBeNull();
});
