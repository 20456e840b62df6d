import { type HostAgent, hostAgent } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';

/** Refuses what a host is asked that cannot be reached. */
export function unavailable(hostId: string): Promise<never> {
  return Promise.reject(
    new IsolaError('resource_unavailable', { reason: `host ${hostId} is not connected` }),
  );
}

/** The agent of a host that cannot be reached: all its calls throw `resource_unavailable`. */
export function unavailableAgent(hostId: string): HostAgent {
  return hostAgent(() => unavailable(hostId), {
    onEvent: () => undefined,
    close: () => Promise.resolve(),
  });
}
