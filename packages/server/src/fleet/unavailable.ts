import { type HostAgent, hostAgent } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';

/** The agent of a host that cannot be reached: all its calls throw `resource_unavailable`. */
export function unavailableAgent(hostId: string, state = 'is not connected'): HostAgent {
  const refuse = (): Promise<never> =>
    Promise.reject(new IsolaError('resource_unavailable', { reason: `host ${hostId} ${state}` }));
  return hostAgent(refuse, { onEvent: () => undefined, close: () => Promise.resolve() });
}
