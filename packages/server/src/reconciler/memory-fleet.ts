import type { AgentEvent } from '@isola/agent-protocol';
import type { ConnectionChange, Fleet } from '../fleet/fleet.ts';
import { unavailableAgent } from '../fleet/unavailable.ts';
import type { Db } from '../store/database.ts';
import type { MemoryAgent, MemoryNeighbourhood } from './memory-agent.ts';

/** Hosts in memory whose agents come and go as a test tells them to. */
export interface MemoryFleet extends Fleet {
  /** The agent is lost, `seconds` ago; its neighbours still reach the host. */
  disconnect(hostId: string, seconds?: number): Promise<void>;
  /** The host is dead: neither agent nor neighbours reach it. What ran on it is there until `lose`. */
  kill(hostId: string, seconds?: number): Promise<void>;
  /** The agent is back. */
  connect(hostId: string): Promise<void>;
}

interface Member {
  readonly id: string;
  readonly agent: MemoryAgent;
  readonly address: string;
}

interface Surroundings {
  readonly db: Db;
  readonly neighbourhood: MemoryNeighbourhood;
}

export function memoryFleet(
  members: readonly Member[],
  { db, neighbourhood }: Surroundings,
): MemoryFleet {
  const listeners: ((change: ConnectionChange) => void)[] = [];
  const member = (hostId: string): Member => {
    const found = members.find(one => one.id === hostId);
    if (found === undefined) throw new Error(`no host ${hostId}`);
    return found;
  };
  const tell = (change: ConnectionChange): void => {
    for (const listener of listeners) listener(change);
  };

  async function disconnect(hostId: string, seconds = 0): Promise<void> {
    member(hostId).agent.connected = false;
    await db
      .updateTable('hosts')
      .set({ state: 'Disconnected', disconnected: new Date(Date.now() - seconds * 1000) })
      .where('id', '=', hostId)
      .execute();
    tell({ hostId, connected: false, reason: 'lost by a test' });
  }

  return {
    of: hostId => members.find(one => one.id === hostId)?.agent ?? unavailableAgent(hostId),
    connected: () => members.filter(one => one.agent.connected).map(one => one.id),
    onEvent(listener: (hostId: string, event: AgentEvent) => void) {
      for (const { id, agent } of members) agent.onEvent(event => listener(id, event));
    },
    onConnection: listener => listeners.push(listener),
    drop: () => undefined,
    close: () => Promise.resolve(),
    disconnect,
    async kill(hostId, seconds) {
      neighbourhood.unreachable.add(member(hostId).address);
      await disconnect(hostId, seconds);
    },
    async connect(hostId) {
      const { agent, address } = member(hostId);
      neighbourhood.unreachable.delete(address);
      agent.connected = true;
      await db
        .updateTable('hosts')
        .set({ state: 'Connecting' })
        .where('id', '=', hostId)
        .where('state', '<>', 'Up')
        .execute();
      tell({ hostId, connected: true, reason: '' });
    },
  };
}
