import type { AgentEvent, HostAgent, Inventory } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { destroyGuest, forgetGuest, startGuest, stopGuest } from './guests/commands.ts';
import { migrateGuest, prepareIncoming } from './guests/migration.ts';
import { hostFacts } from './host/facts.ts';
import { LoadMeter } from './host/load.ts';
import type { AgentOptions } from './host/options.ts';
import { RuleGuard } from './host/rule-guard.ts';
import type { Host } from './host-state.ts';
import { openHypervisor } from './hypervisors/open.ts';
import { Instances, instancesFolder } from './instances.ts';
import { answersPing, Neighbours } from './isolation/neighbours.ts';
import { HostSegments } from './links/host-segments.ts';
import { installationId, namesOf } from './names.ts';
import { inParallel } from './process/parallel.ts';
import { Serial } from './process/serial.ts';
import { messageOf, tearDown } from './process/teardown.ts';
import * as calls from './routers/calls.ts';
import { destroyRouter, startRouter, stopRouter } from './routers/commands.ts';
import { ensureKeyPair } from './routers/key-pair.ts';
import { RouterLinks } from './routers/links.ts';
import { replaceRouter } from './routers/replace.ts';
import { takeOver } from './take-over.ts';
import { ensureTemplate, imagesOf } from './templates/ensure-template.ts';
import type { TemplateSource } from './templates/source.ts';
import { TemplateCache } from './templates/template-cache.ts';

/** The agent of this machine, and what it does without being told. */
export interface LocalAgent extends HostAgent {
  /** What `setNeighbours` said last, also to an agent before this one. */
  neighbours(): readonly string[];
  /** Stops routers and highly available guests: what others start when this host is cut off. */
  stopForOthers(): Promise<void>;
}

/**
 * The agent of this machine, in this process. Takes over what runs already, without touching it. The host must
 * have been prepared and the images built; templates come from `source`. Its errors are `IsolaError`s.
 */
export async function createLocalAgent(
  options: AgentOptions,
  source: TemplateSource,
): Promise<LocalAgent> {
  const names = namesOf(installationId(options.home));
  const listeners: ((event: AgentEvent) => void)[] = [];
  const emit = (event: AgentEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const keyPair = await ensureKeyPair(options.home);
  const links = new RouterLinks(keyPair.privateKey, emit);
  const instances = new Instances(instancesFolder(options.home, options.hypervisor), names);
  const templates = await TemplateCache.open({
    home: options.home,
    source,
    isUsed: checksum => instances.standOn(checksum),
  });
  const hypervisor = await openHypervisor(options, {
    names,
    instances,
    templates,
    keyPair,
    links,
    onGone: id => {
      links.close(id);
      emit({ kind: 'instance-stopped', id });
    },
  });
  listeners.push(event => {
    if (event.kind === 'router-link' && event.reachable) hypervisor.reached(event.routerId);
  });
  const host: Host = { names, links, instances, templates, hypervisor, logger: options.logger };
  await takeOver(host);
  const serial = new Serial();
  const guard = new RuleGuard(host, options, (id, task) => serial.run(id, task));
  const neighbours = await Neighbours.open(options.home);
  const commands = commandsOf(host, { options, serial, listeners, neighbours });
  return {
    ...commands,
    neighbours: () => neighbours.addresses,
    stopForOthers: () => stopForOthers(host, commands),
    close: () => {
      guard.close();
      return commands.close();
    },
  };
}

interface Surroundings {
  readonly options: AgentOptions;
  readonly serial: Serial;
  readonly listeners: ((event: AgentEvent) => void)[];
  readonly neighbours: Neighbours;
}

function commandsOf(host: Host, surroundings: Surroundings): HostAgent {
  const { options, serial, listeners } = surroundings;
  const segments = new HostSegments(host.names, options);
  const load = new LoadMeter({ ...host, home: options.home });
  const inOrder = <T>(key: string, task: () => Promise<T>): Promise<T> =>
    serial.run(key, () => asIsolaError(task));
  return {
    facts: () => asIsolaError(() => hostFacts(host.hypervisor, options)),
    inventory: () => asIsolaError(() => inventory(host, segments)),
    ensureSegment: segment => asIsolaError(() => segments.ensure(segment)),
    removeSegment: segment => asIsolaError(() => segments.remove(segment)),
    ensureTemplate: template => asIsolaError(() => ensureTemplate(host, template)),
    removeTemplate: checksum => asIsolaError(() => host.templates.remove(checksum)),
    prepareIncoming: spec => inOrder(spec.id, () => prepareIncoming(host, spec)),
    migrateGuest: (id, target) => inOrder(id, () => migrateGuest(host, id, target)),
    load: () => asIsolaError(() => load.measure()),
    reaches: address => asIsolaError(() => answersPing(address)),
    setNeighbours: addresses => inOrder('neighbours', () => surroundings.neighbours.set(addresses)),
    startRouter: (spec, boot) => inOrder(spec.id, () => startRouter(host, spec, boot)),
    stopRouter: id => inOrder(id, () => stopRouter(host, id)),
    destroyRouter: id => inOrder(id, () => destroyRouter(host, id)),
    replaceRouter: (previous, next, boot) =>
      inOrder(previous, () =>
        inOrder(next.id, () => replaceRouter(host, { previous, next, boot })),
      ),
    applyConfig: (id, config) => asIsolaError(() => calls.applyConfig(host.links.of(id), config)),
    applyDelta: (id, delta) => asIsolaError(() => calls.applyDelta(host.links.of(id), delta)),
    resyncRouter: id => asIsolaError(() => calls.resync(host.links.of(id))),
    report: id => asIsolaError(() => calls.report(host.links.of(id))),
    healthChecks: id => asIsolaError(() => calls.healthChecks(host.links.of(id))),
    diagnose: (id, diagnostic) => asIsolaError(() => calls.diagnose(host.links.of(id), diagnostic)),
    collectFiles: (id, files) => asIsolaError(() => calls.collectFiles(host.links.of(id), files)),
    startGuest: spec => inOrder(spec.id, () => startGuest(host, spec)),
    stopGuest: (id, forced) => inOrder(id, () => stopGuest(host, id, forced)),
    destroyGuest: id => inOrder(id, () => destroyGuest(host, id)),
    forgetGuest: id => inOrder(id, () => forgetGuest(host, id)),
    onEvent: listener => {
      listeners.push(listener);
    },
    close: () => {
      host.hypervisor.close();
      listeners.length = 0;
      host.links.closeAll();
      return Promise.resolve();
    },
  };
}

/** All that can be stopped is, before it throws. */
async function stopForOthers(host: Host, commands: HostAgent): Promise<void> {
  const ids = await host.instances.list();
  await tearDown(
    ids.map(id => ({
      name: id,
      run: async () => {
        const instance = await host.instances.read(id);
        if (instance === null || !(await host.hypervisor.runs(id))) return;
        if (instance.kind === 'router') await commands.stopRouter(id);
        else if (instance.spec.highlyAvailable) await commands.stopGuest(id, true);
      },
    })),
  );
}

/** Segments that were damaged are whole again before they are listed. */
async function inventory(host: Host, segments: HostSegments): Promise<Inventory> {
  await segments.repair();
  const found = await inParallel(await host.instances.list(), 8, async id => {
    const instance = await host.instances.read(id);
    return instance && { kind: instance.kind, id, running: await host.hypervisor.runs(id) };
  });
  const of = (kind: 'router' | 'guest') =>
    found
      .filter(instance => instance !== null)
      .filter(instance => instance.kind === kind)
      .map(({ id, running }) => ({ id, running }));
  return {
    segments: await segments.list(),
    templates: [...imagesOf(host), ...(await host.templates.list())],
    guests: of('guest'),
    routers: of('router').map(router => ({
      ...router,
      reachable: host.links.reachable(router.id),
    })),
  };
}

/** What goes wrong on a host is `resource_unavailable`, with the cause kept. */
async function asIsolaError<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof IsolaError) throw error;
    throw new IsolaError('resource_unavailable', { reason: messageOf(error) }, error);
  }
}
