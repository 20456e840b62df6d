import type { AgentEvent, HostAgent } from './host-agent.ts';

/** What a host can be asked to do, by name. */
export type HostCommand = Exclude<keyof HostAgent, 'onEvent' | 'close'>;
export type HostArguments<C extends HostCommand> = Parameters<HostAgent[C]>;
export type HostResult<C extends HostCommand> = Awaited<ReturnType<HostAgent[C]>>;

/** Carries one command out, wherever the host is. */
export type HostCall = <C extends HostCommand>(
  command: C,
  ...args: HostArguments<C>
) => Promise<HostResult<C>>;

export interface HostAgentRest {
  readonly onEvent: (listener: (event: AgentEvent) => void) => void;
  readonly close: () => Promise<void>;
}

/** An agent all of whose commands go through one function. */
export function hostAgent(call: HostCall, rest: HostAgentRest): HostAgent {
  return {
    facts: () => call('facts'),
    inventory: () => call('inventory'),
    ensureSegment: segment => call('ensureSegment', segment),
    removeSegment: segment => call('removeSegment', segment),
    ensureTemplate: template => call('ensureTemplate', template),
    removeTemplate: checksum => call('removeTemplate', checksum),
    startRouter: (spec, boot) => call('startRouter', spec, boot),
    stopRouter: id => call('stopRouter', id),
    destroyRouter: id => call('destroyRouter', id),
    replaceRouter: (previous, next, boot) => call('replaceRouter', previous, next, boot),
    applyConfig: (id, config) => call('applyConfig', id, config),
    applyDelta: (id, delta) => call('applyDelta', id, delta),
    resyncRouter: id => call('resyncRouter', id),
    report: id => call('report', id),
    healthChecks: id => call('healthChecks', id),
    diagnose: (id, diagnostic) => call('diagnose', id, diagnostic),
    collectFiles: (id, files) => call('collectFiles', id, files),
    startGuest: spec => call('startGuest', spec),
    stopGuest: (id, forced) => call('stopGuest', id, forced),
    destroyGuest: id => call('destroyGuest', id),
    forgetGuest: id => call('forgetGuest', id),
    prepareIncoming: spec => call('prepareIncoming', spec),
    migrateGuest: (id, target) => call('migrateGuest', id, target),
    load: () => call('load'),
    reaches: address => call('reaches', address),
    setNeighbours: addresses => call('setNeighbours', addresses),
    onEvent: rest.onEvent,
    close: rest.close,
  };
}
