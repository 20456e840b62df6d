import { cidr, cidrContains, cidrsOverlap, formatIpv4, ipv4, netmaskOf } from '@isola/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askedRange, defaultRange, overlapping } from './ranges.ts';

const ask = (gateway: string, netmask: string) =>
  askedRange({ gateway, netmask, shortestPrefix: 22 });

test('gateway and netmask make a range', () => {
  expect(ask('192.168.1.1', '255.255.255.0')).toEqual({
    cidr: '192.168.1.0/24',
    gateway: '192.168.1.1',
  });
  expect(ask('10.0.3.254', '255.255.252.0')).toEqual({
    cidr: '10.0.0.0/22',
    gateway: '10.0.3.254',
  });
});

test('what cannot be a guest network is refused', () => {
  const refusals: [string, string, string][] = [
    ['10.1.1.1', '255.255.0.0', 'prefix of 22 to 29'],
    ['10.1.1.1', '255.255.255.252', 'prefix of 22 to 29'],
    ['10.1.1.1', '255.0.255.0', 'Invalid netmask'],
    ['10.1.1.0', '255.255.255.0', 'network or broadcast'],
    ['10.1.1.255', '255.255.255.0', 'network or broadcast'],
    ['8.8.8.1', '255.255.255.0', 'not private'],
    ['010.1.1.1', '255.255.255.0', 'Invalid IPv4'],
  ];
  for (const [gateway, netmask, text] of refusals)
    expect(() => ask(gateway, netmask), `${gateway} ${netmask}`).toThrow(text);
});

test('any private gateway with a prefix in bounds is inside its range', () => {
  fc.assert(
    fc.property(fc.nat({ max: 0xffffff }), fc.integer({ min: 22, max: 29 }), (low, prefix) => {
      const gateway = formatIpv4(ipv4('10.0.0.0') + low);
      const host = low % 2 ** (32 - prefix);
      fc.pre(host !== 0 && host !== 2 ** (32 - prefix) - 1);
      const range = ask(gateway, netmaskOf(prefix));
      expect(cidrContains(cidr(range.cidr), ipv4(range.gateway))).toBe(true);
    }),
  );
});

test('default ranges are disjoint and stay private', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 255 }), fc.integer({ min: 16, max: 29 })), { maxLength: 20 }),
      fc.constantFrom('10.1.1.0/24', '10.0.0.0/8', '10.1.1.0/26', '192.168.0.0/16'),
      (others, zone) => {
        const taken = others.map(([octet, prefix]) => `10.1.${octet}.0/${prefix}`);
        const range = defaultRange(zone, taken);
        expect(overlapping(range.cidr, taken)).toBeUndefined();
        expect(taken.some(one => cidrsOverlap(cidr(one), cidr(range.cidr)))).toBe(false);
        expect(cidrContains(cidr(range.cidr), ipv4(range.gateway))).toBe(true);
      },
    ),
  );
  expect(defaultRange('10.1.1.0/24', [])).toEqual({ cidr: '10.1.1.0/24', gateway: '10.1.1.1' });
  expect(defaultRange('10.1.1.0/24', ['10.1.1.0/24']).cidr).toBe('10.1.2.0/24');
  expect(() => defaultRange('192.168.255.0/24', ['192.168.255.0/24'])).toThrow('give gateway');
});
