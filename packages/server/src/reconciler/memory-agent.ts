import type {
  AgentEvent,
  GuestSpec,
  HostAgent,
  HostFacts,
  Inventory,
  RouterSpec,
  SegmentRef,
} from '@isola/agent-protocol';
import {
  ConfigIndex,
  type HealthCheck,
  IsolaError,
  type RouterConfig,
  type RouterReport,
} from '@isola/model';

type Command = Exclude<keyof HostAgent, 'onEvent' | 'close' | 'facts' | 'inventory'>;

/** A host in memory: it keeps what it was told and applies configurations with the model's own code. */
export interface MemoryAgent extends HostAgent {
  /** Called before (`false`) and after (`true`) each command takes effect; what it throws the command throws. For failures and delays. */
  intercept: (command: Command, subject: string, done: boolean) => void | Promise<void>;
  /** Commands carried out, by name. */
  readonly calls: Map<Command, number>;
  readonly segments: Set<number>;
  readonly routers: Map<string, MemoryRouter>;
  readonly guests: Map<string, MemoryGuest>;
  /** Tells the listeners. */
  emit(event: AgentEvent): void;
}

export interface MemoryRouter {
  readonly spec: RouterSpec;
  running: boolean;
  reachable: boolean;
  /** What is installed. */
  index: ConfigIndex | null;
  checks: readonly HealthCheck[];
}

export interface MemoryGuest {
  spec: GuestSpec;
  running: boolean;
}

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
  sharedStorage: null,
  images: {
    router: { name: 'router', checksum: '1'.repeat(64) },
    templates: [{ name: 'tiny', sizeBytes: 1 << 20, checksum: '0'.repeat(64), osType: 'Debian' }],
  },
};

export function memoryAgent(facts: Partial<HostFacts> = {}): MemoryAgent {
  const segments = new Set<number>();
  const routers = new Map<string, MemoryRouter>();
  const guests = new Map<string, MemoryGuest>();
  const templates = new Set<string>();
  const listeners: ((event: AgentEvent) => void)[] = [];
  const calls = new Map<Command, number>();

  async function perform<T>(command: Command, subject: string, act: () => T): Promise<T> {
    await agent.intercept(command, subject, false);
    const result = act();
    calls.set(command, (calls.get(command) ?? 0) + 1);
    await agent.intercept(command, subject, true);
    return result;
  }

  function linked(id: string): MemoryRouter {
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

  const usersOf = (segment: SegmentRef) =>
    [...routers.values(), ...guests.values()].filter(
      one =>
        one.running &&
        one.spec.nics.some(
          nic => nic.network.kind === 'guest' && nic.network.segment.id === segment.id,
        ),
    );

  const agent: MemoryAgent = {
    intercept: () => undefined,
    calls,
    segments,
    routers,
    guests,
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    facts: () => Promise.resolve({ ...defaultFacts, ...facts }),
    inventory: () => Promise.resolve(inventoryOf({ segments, routers, guests, templates })),
    ensureSegment: segment =>
      perform('ensureSegment', String(segment.id), () => {
        segments.add(segment.id);
      }),
    removeSegment: segment =>
      perform('removeSegment', String(segment.id), () => {
        if (usersOf(segment).length > 0)
          throw new IsolaError('in_use', { reason: `segment ${segment.id} has ports` });
        segments.delete(segment.id);
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
        routers.set(spec.id, started(spec, boot));
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
          routers.set(next.id, started(next, boot));
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
    healthChecks: id => perform('healthChecks', id, () => linked(id).checks),
    startGuest: spec =>
      perform('startGuest', spec.id, () => {
        requireSegments(spec);
        guests.set(spec.id, { spec, running: true });
      }),
    stopGuest: id =>
      perform('stopGuest', id, () => {
        const guest = guests.get(id);
        if (guest !== undefined) guest.running = false;
      }),
    destroyGuest: id =>
      perform('destroyGuest', id, () => {
        guests.delete(id);
      }),
    forgetGuest: id =>
      perform('forgetGuest', id, () => {
        guests.delete(id);
      }),
    prepareIncoming: spec =>
      perform('prepareIncoming', spec.id, () => ({
        uri: 'memory:',
        address: '192.0.2.1',
        copyDisk: true,
      })),
    migrateGuest: id =>
      perform('migrateGuest', id, () => {
        guests.delete(id);
      }),
    load: () =>
      perform('load', '', () => ({
        cpuPercent: 0,
        memoryUsedBytes: 0,
        disk: { totalBytes: 2 ** 40, freeBytes: 2 ** 39 },
        nics: [],
      })),
    reaches: address => perform('reaches', address, () => true),
    setNeighbours: () => perform('setNeighbours', '', () => undefined),
    onEvent(listener) {
      listeners.push(listener);
    },
    close: () => Promise.resolve(),
  };
  return agent;
}

function started(spec: RouterSpec, boot: RouterConfig): MemoryRouter {
  return { spec, running: true, reachable: true, index: new ConfigIndex(boot), checks: [] };
}

function install(router: MemoryRouter, config: RouterConfig): RouterReport {
  router.index = new ConfigIndex(config);
  return reportOf(router);
}

function reportOf({ index }: MemoryRouter): RouterReport {
  return {
    generation: index?.generation ?? -1,
    fingerprint: index?.fingerprint ?? '',
    counters: {
      applies: 0,
      fullCompiles: 0,
      elementsWritten: 0,
      chainsRebuilt: 0,
      filesWritten: 0,
      daemonsReloaded: 0,
      daemonsRestarted: 0,
      flowsCut: 0,
      driftsRepaired: 0,
    },
  };
}

function inventoryOf(
  host: Pick<MemoryAgent, 'segments' | 'routers' | 'guests'> & { templates: Set<string> },
): Inventory {
  return {
    segments: [...host.segments].map(id => ({ isolation: 'VLAN', id })),
    templates: [...host.templates],
    routers: [...host.routers].map(([id, { running, reachable }]) => ({
      id,
      running,
      reachable: running && reachable,
    })),
    guests: [...host.guests].map(([id, { running }]) => ({ id, running })),
  };
}
