import type { AgentEvent, HostAgent } from '@isola/agent-protocol';

export interface ConnectionChange {
  readonly hostId: string;
  readonly connected: boolean;
  /** Why it was lost; empty when connected. */
  readonly reason: string;
}

/** The agents of all hosts. */
export interface Fleet {
  /**
   * The agent of a host, the same before and after it reconnects. While it is not connected its calls throw
   * `resource_unavailable` that names the host.
   */
  of(hostId: string): HostAgent;
  /** Ids of the hosts whose agents are connected now. */
  connected(): readonly string[];
  onEvent(listener: (hostId: string, event: AgentEvent) => void): void;
  /** Listens to connections from now on; `connected` tells of those that there are. */
  onConnection(listener: (change: ConnectionChange) => void): void;
  /** Cuts a host's agent off, if it is connected; it dials in again. A machine's own agent stays. */
  drop(hostId: string): void;
  /** Lets go of the agents; nothing on any host stops. */
  close(): Promise<void>;
}
