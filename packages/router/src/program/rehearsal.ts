import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diffConfigs, type RouterConfig } from '@isola/model';
import { Router } from '../applier/router.ts';
import { Counters } from '../counters.ts';
import { routerPaths } from '../paths.ts';
import { programs } from '../system/run.ts';
import type { Services } from '../system/services.ts';

/** Addresses of documents; one item of each kind, so that each kind's code is run. */
const first: RouterConfig = {
  generation: 1,
  header: {
    name: 'rehearsal',
    control: { address: '169.254.0.2', prefix: 16, gateway: '169.254.0.1' },
    guest: { address: '192.0.2.1', cidr: '192.0.2.0/24', mac: '02:00:00:00:00:01', mtu: 1500 },
    public: { mac: '02:00:00:00:00:02', prefix: 24, gateway: '203.0.113.1', mtu: 1500 },
    sourceNat: '203.0.113.2',
    egressDefault: 'allow',
    dhcp: true,
    dns: true,
    domain: 'rehearsal.example',
    nameservers: ['203.0.113.1'],
  },
  collections: {
    publicAddresses: [
      { id: 'a', address: '203.0.113.2' },
      { id: 'b', address: '203.0.113.3' },
    ],
    hosts: [{ id: 'h', mac: '02:00:00:00:00:03', address: '192.0.2.2', name: 'guest' }],
    firewall: [
      {
        id: 'f',
        publicAddress: '203.0.113.2',
        match: { protocol: 'tcp', ports: { first: 80, last: 90 } },
        sources: ['198.51.100.0/24', '198.51.100.7/32'],
      },
    ],
    egress: [],
    portForwards: [
      {
        id: 'p',
        publicAddress: '203.0.113.2',
        protocol: 'tcp',
        publicPorts: { first: 80, last: 90 },
        guestAddress: '192.0.2.2',
        guestPorts: { first: 80, last: 90 },
      },
    ],
    staticNats: [],
  },
};
const second: RouterConfig = {
  ...first,
  generation: 2,
  collections: { ...first.collections, portForwards: [] },
};

/** Daemons that are up as soon as they are asked for: there is nothing to serve. */
function imaginedServices(): Services {
  const up = new Set<string>();
  const note = (name: string): Promise<void> => Promise.resolve(void up.add(name));
  return {
    pid: name => Promise.resolve(up.has(name) ? process.pid : null),
    up: note,
    down: name => Promise.resolve(void up.delete(name)),
    restart: note,
    reload: () => Promise.resolve(),
  };
}

/**
 * Installs made-up configurations in a network and a folder of their own, which go again. What this process and the
 * programs it runs need the first time is in memory afterwards: so it is in every copy of the machine. Throws when a
 * part of it failed.
 */
export async function rehearse(): Promise<void> {
  const namespace = `rehearsal-${process.pid}`;
  const own = programs();
  const folder = await mkdtemp(join(tmpdir(), 'isola-rehearsal-'));
  const { code, stderr } = await own.run(['ip', 'netns', 'add', namespace]);
  try {
    if (code !== 0) throw new Error(stderr.trim());
    await rehearseIn(folder, namespace);
  } finally {
    await own.run(['ip', 'netns', 'del', namespace]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function rehearseIn(folder: string, namespace: string): Promise<void> {
  const router = new Router({
    programs: programs(['ip', 'netns', 'exec', namespace]),
    services: imaginedServices(),
    paths: routerPaths(folder),
    counters: new Counters(),
    onDrift: () => undefined,
  });
  try {
    await router.apply(first);
    const delta = diffConfigs(first, second);
    if (delta !== 'full') await router.applyDelta(delta);
    await router.apply(second);
    await router.watch();
    const failures = [...router.mismatches].map(([subject, detail]) => `${subject}: ${detail}`);
    if (failures.length > 0) throw new Error(failures.join('; '));
  } finally {
    router.close();
  }
}
