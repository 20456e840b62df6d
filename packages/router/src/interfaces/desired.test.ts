import type { RouterHeader } from '@isola/model';
import { expect, test } from 'vitest';
import { desiredLinks } from './desired.ts';

const header: RouterHeader = {
  name: 'r-1-vm',
  control: { address: '169.254.0.9', prefix: 16, gateway: '169.254.0.1' },
  guest: { address: '10.1.1.1', cidr: '10.1.1.0/24', mac: '02:00:00:00:00:01', mtu: 1500 },
  public: { mac: '02:00:00:00:00:02', prefix: 24, gateway: '203.0.113.1', mtu: 1500 },
  sourceNat: '203.0.113.20',
  egressDefault: 'allow',
  dhcp: true,
  dns: true,
  domain: 'isola.internal',
  nameservers: [],
};

test('addresses of other subnets have their own prefix; the source NAT address is the first', () => {
  const links = desiredLinks(header, [
    { id: 'a', address: '192.0.2.7', prefix: 28 },
    { id: 'b', address: '203.0.113.10' },
    { id: 'c', address: '203.0.113.20' },
  ]);
  expect(links.nics[2]?.addresses).toEqual(['203.0.113.20/24', '192.0.2.7/28', '203.0.113.10/24']);
  expect(links.defaultRoute).toEqual({
    device: 'eth2',
    gateway: '203.0.113.1',
    source: '203.0.113.20',
  });
});

test('where the guests have another gateway, the router itself leaves by it', () => {
  const shared = {
    ...header,
    guest: { ...header.guest, address: '10.1.1.20', gateway: '10.1.1.1' },
    public: null,
    sourceNat: null,
  };
  expect(desiredLinks(shared, []).defaultRoute).toEqual({
    device: 'eth1',
    gateway: '10.1.1.1',
    source: '10.1.1.20',
  });
  expect(desiredLinks({ ...header, public: null }, []).defaultRoute).toBeNull();
});
