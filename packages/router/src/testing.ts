import { execFileSync } from 'node:child_process';
import type { RouterHeader } from '@isola/model';
import { type Programs, programs } from './system/run.ts';

/** Header of a router for tests; `guest` and `public` sides as in the documents. */
export const testHeader: RouterHeader = {
  name: 'r-1-vm',
  control: { address: '169.254.3.4', prefix: 16, gateway: '169.254.0.1' },
  guest: { address: '10.1.1.1', cidr: '10.1.1.0/24', mac: '02:00:00:00:00:01', mtu: 1500 },
  public: { mac: '02:00:00:00:00:02', prefix: 24, gateway: '203.0.113.1', mtu: 1500 },
  sourceNat: '203.0.113.10',
  egressDefault: 'allow',
  dhcp: true,
  dns: true,
  domain: 'cs1.example',
  nameservers: ['203.0.113.53'],
};

/** Whether network namespaces can be made here. */
export const canMakeNamespaces = process.getuid?.() === 0;

let number = 0;

/** A network namespace of the test's own. */
export function makeNamespace(): { name: string; programs: Programs; remove: () => void } {
  number += 1;
  const name = `rt-${process.pid}-${number}`;
  execFileSync('ip', ['netns', 'add', name]);
  execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  return {
    name,
    programs: programs(['ip', 'netns', 'exec', name]),
    remove: () => {
      execFileSync('ip', ['netns', 'del', name]);
    },
  };
}
