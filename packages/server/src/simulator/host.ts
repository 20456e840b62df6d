import type {
  AgentEvent,
  HostFacts,
  Inventory,
  RouterSpec,
  SegmentRef,
  SegmentSpec,
} from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { archiveOf } from './archive.ts';
import { leasesIn } from './lease.ts';
import {
  diagnosisOf,
  healthOf,
  install,
  reportOf,
  type SimulatedRouter,
  startedRouter,
} from './router.ts';
import type { SimulatedCommand, SimulatedGuest, SimulatedHost } from './simulated-host.ts';
import { type SimulatedSite, simulatedSite } from './site.ts';

const defaultFacts: HostFacts = {
  name: 'memory1',
  hypervisor: 'LXC',
  cpuCores: 4,
  cpuMHz: 2000,
  memoryBytes: 64 * 2 ** 30,
  kernel: '6.1.0',
  controlGateway: '169.254.0.1',
  hypervisorVersion: 'in memory',
  accelerated: true,
  agentVersion: '0',
  underlay: null,
  guestMtu: null,
  reachesPublic: true,
  sharedStorage: null,
  images: {
    router: { name: 'router', checksum: '1'.repeat(64) },
    templates: [{ name: 'tiny', sizeBytes: 1 << 20, checksum: '0'.repeat(64), osType: 'Debian' }],
  },
};

export function simulatedHost(
  overrides: Partial<HostFacts> = {},
  site = simulatedSite(),
): SimulatedHost {
  const facts = { ...defaultFacts, ...overrides };
  const disks = disksOf(facts, site);
  const segments = new Set<number>();
  const segmentSpecs = new Map<number, SegmentSpec>();
  const routers = new Map<string, SimulatedRouter>();
  const guests = new Map<string, SimulatedGuest>();
  const templates = new Set<string>();
  const listeners: ((event: AgentEvent) => void)[] = [];
  const calls = new Map<SimulatedCommand, number>();

  function requireConnection(): void {
    if (!agent.connected)
      throw new IsolaError('resource_unavailable', {
        reason: `host ${facts.name} is not connected`,
      });
  }

  async function perform<T>(command: SimulatedCommand, subject: string, act: () => T): Promise<T> {
    requireConnection();
    await agent.intercept(command, subject, false);
    const result = act();
    requireConnection();
    calls.set(command, (calls.get(command) ?? 0) + 1);
    await agent.intercept(command, subject, true);
    return result;
  }

  function linked(id: string): SimulatedRouter {
    const router = routers.get(id);
    if (router?.running !== true || !router.reachable)
      throw new IsolaError('resource_unavailable', { reason: `router ${id} does not answer` });
    return router;
  }

  function requireSegments(spec: { readonly nics: RouterSpec['nics'] }): void {
    for (const nic of spec.nics) {
      if (nic.network.kind === 'guest' && !segments.has(nic.network.segment.id))
        throw new IsolaError('resource_unavailable', {
          reason: `there is no segment ${nic.network.segment.id}`,
        });
    }
  }

  function forget(id: string): void {
    guests.delete(id);
    if (facts.sharedStorage === null) disks.delete(id);
  }

  const usersOf = (segment: SegmentRef) =>
    [...routers.values(), ...guests.values()].filter(
      one =>
        one.running &&
        one.spec.nics.some(
          nic => nic.network.kind === 'guest' && nic.network.segment.id === segment.id,
        ),
    );

  const named = (name: string) => [...site.hosts].find(host => host.name === name);

  const agent: SimulatedHost = {
    name: facts.name,
    intercept: () => undefined,
    calls,
    segments,
    segmentSpecs,
    routers,
    guests,
    disks,
    templates,
    neighbours: [],
    connected: true,
    leases: id => {
      const guest = guests.get(id);
      return guest?.running === true ? leasesIn(site, guest.spec) : [];
    },
    emit(event) {
      if (!agent.connected) return;
      for (const listener of listeners) listener(event);
    },
    async facts() {
      requireConnection();
      return facts;
    },
    async inventory() {
      requireConnection();
      return inventoryOf(agent);
    },
    ensureSegment: segment =>
      perform('ensureSegment', String(segment.id), () => {
        segments.add(segment.id);
        segmentSpecs.set(segment.id, segment);
      }),
    removeSegment: segment =>
      perform('removeSegment', String(segment.id), () => {
        if (usersOf(segment).length > 0)
          throw new IsolaError('in_use', { reason: `segment ${segment.id} has ports` });
        segments.delete(segment.id);
        segmentSpecs.delete(segment.id);
      }),
    ensureTemplate: template =>
      perform('ensureTemplate', template.id, () => {
        templates.add(template.checksum);
      }),
    removeTemplate: checksum =>
      perform('removeTemplate', checksum, () => {
        templates.delete(checksum);
      }),
    startRouter: (spec, boot) =>
      perform('startRouter', spec.id, () => {
        if (routers.get(spec.id)?.running === true) return;
        requireSegments(spec);
        routers.set(spec.id, startedRouter(spec, boot));
      }),
    stopRouter: id =>
      perform('stopRouter', id, () => {
        const router = routers.get(id);
        if (router !== undefined) router.running = false;
      }),
    destroyRouter: id =>
      perform('destroyRouter', id, () => {
        routers.delete(id);
      }),
    replaceRouter: (previous, next, boot) =>
      perform('replaceRouter', next.id, () => {
        if (routers.get(next.id)?.running !== true) {
          requireSegments(next);
          routers.set(next.id, startedRouter(next, boot));
        }
        routers.delete(previous);
        return install(linked(next.id), boot);
      }),
    applyConfig: (id, config) => perform('applyConfig', id, () => install(linked(id), config)),
    applyDelta: (id, delta) =>
      perform('applyDelta', id, () => {
        const router = linked(id);
        return (router.index?.apply(delta) ?? null) === null ? null : reportOf(router);
      }),
    resyncRouter: id => perform('resyncRouter', id, () => reportOf(linked(id))),
    report: id => perform('report', id, () => reportOf(linked(id))),
    healthChecks: id => perform('healthChecks', id, () => healthOf(linked(id))),
    diagnose: (id, diagnostic) =>
      perform('diagnose', id, () => diagnosisOf(linked(id), diagnostic)),
    collectFiles: (id, files) => perform('collectFiles', id, () => archiveOf(linked(id), files)),
    startGuest: spec =>
      perform('startGuest', spec.id, () => {
        requireSegments(spec);
        guests.set(spec.id, { spec, running: true });
        disks.add(spec.id);
      }),
    stopGuest: id =>
      perform('stopGuest', id, () => {
        const guest = guests.get(id);
        if (guest !== undefined) guest.running = false;
      }),
    destroyGuest: id =>
      perform('destroyGuest', id, () => {
        guests.delete(id);
        disks.delete(id);
      }),
    forgetGuest: id => perform('forgetGuest', id, () => forget(id)),
    prepareIncoming: spec =>
      perform('prepareIncoming', spec.id, () => {
        requireSegments(spec);
        if (guests.get(spec.id)?.running !== true) guests.set(spec.id, { spec, running: false });
        const copyDisk = facts.sharedStorage === null;
        return { address: facts.name, port: 1, key: '', copyDisk };
      }),
    migrateGuest: (id, target) =>
      perform('migrateGuest', id, () => {
        const guest = guests.get(id);
        const incoming = named(target.address)?.guests.get(id);
        if (guest?.running !== true || incoming === undefined)
          throw new IsolaError('resource_unavailable', { reason: `guest ${id} cannot be sent` });
        incoming.running = true;
        named(target.address)?.disks.add(id);
        forget(id);
      }),
    load: () =>
      perform('load', '', () => ({
        cpuPercent: 0,
        memoryUsedBytes: 0,
        disk: { totalBytes: 2 ** 40, freeBytes: 2 ** 39 },
        nics: [],
      })),
    reaches: address => perform('reaches', address, () => !site.unreachable.has(address)),
    setNeighbours: addresses =>
      perform('setNeighbours', '', () => {
        agent.neighbours = addresses;
      }),
    onEvent(listener) {
      listeners.push(listener);
    },
    close: () => Promise.resolve(),
  };
  site.hosts.add(agent);
  return agent;
}

function disksOf({ sharedStorage }: HostFacts, { shared }: SimulatedSite): Set<string> {
  if (sharedStorage === null) return new Set();
  const disks = shared.get(sharedStorage) ?? new Set<string>();
  shared.set(sharedStorage, disks);
  return disks;
}

function inventoryOf({
  segments,
  segmentSpecs,
  routers,
  guests,
  templates,
}: SimulatedHost): Inventory {
  return {
    segments: [...segments].map(id => ({
      isolation: segmentSpecs.get(id)?.isolation ?? 'VLAN',
      id,
    })),
    templates: [...templates],
    routers: [...routers].map(([id, { running, reachable }]) => ({
      id,
      running,
      reachable: running && reachable,
    })),
    guests: [...guests].map(([id, { running }]) => ({ id, running })),
  };
}
