import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Drift } from '@isola/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Counters } from '../counters.ts';
import { routerPaths } from '../paths.ts';
import { canMakeNamespaces, makeNamespace, processServices, testHeader } from '../testing.ts';
import { Router } from './router.ts';

describe.skipIf(!canMakeNamespaces)('what cannot be repaired', () => {
  let namespace: ReturnType<typeof makeNamespace>;
  let root: string;
  beforeEach(() => {
    namespace = makeNamespace();
    root = mkdtempSync(join(tmpdir(), 'isola-drift-'));
  });
  afterEach(() => {
    namespace.remove();
    rmSync(root, { recursive: true });
  });

  it('is told once, and again after it was well in between', async () => {
    let broken = true;
    const services = processServices(namespace.programs, {});
    const drifts: Drift[] = [];
    const router = new Router({
      programs: namespace.programs,
      services: {
        ...services,
        up: name => (broken ? Promise.reject(new Error(`${name} is broken`)) : services.up(name)),
      },
      paths: routerPaths(root),
      counters: new Counters(),
      onDrift: drift => drifts.push(drift),
    });
    try {
      const header = { ...testHeader, dhcp: false, dns: false };
      const collections = {
        publicAddresses: [],
        hosts: [],
        firewall: [],
        egress: [],
        portForwards: [],
        staticNats: [],
      };
      await router.apply({ generation: 1, header, collections });
      for (let look = 0; look < 3; look += 1) await router.watch();
      const told = () => drifts.filter(drift => drift.detail === 'sshd is broken').length;
      expect(told()).toBe(1);
      broken = false;
      await router.watch();
      expect(router.mismatches.size).toBe(0);
      broken = true;
      await services.down('sshd');
      await router.watch();
      expect(told()).toBe(2);
    } finally {
      router.close();
      services.stop();
    }
  }, 30_000);
});
