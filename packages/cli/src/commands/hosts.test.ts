import { describe, expect, it } from 'vitest';
import { rowOf } from './hosts.ts';

const host = {
  name: 'kvm1',
  state: 'Up',
  resourcestate: 'Enabled',
  hypervisor: 'KVM',
  ipaddress: '192.0.2.7',
  memorytotal: 8 * 2 ** 30,
};

describe('a line of isola hosts', () => {
  it('says how busy the host is', () => {
    const busy = {
      ...host,
      cpuused: '12.50%',
      memoryused: 2 * 2 ** 30,
      details: { 'Host.accelerated': 'true' },
    };
    expect(rowOf(busy, { guests: 3, routers: 1 })).toEqual([
      'kvm1',
      'Up',
      'KVM',
      'yes',
      '3',
      '1',
      '12.50%',
      '25% of 8.0 GiB',
      '192.0.2.7',
    ]);
  });

  it('says what an administrator did with it, and nothing that is not known', () => {
    const row = rowOf({ ...host, resourcestate: 'Maintenance' }, { guests: 0, routers: 0 });
    expect(row).toEqual(['kvm1', 'Up, Maintenance', 'KVM', 'no', '0', '0', '', '', '192.0.2.7']);
  });
});
