import type { AgentEvent } from '@isola/agent-protocol';
import type { ConnectionChange, Fleet } from '../fleet/fleet.ts';
import { unavailableAgent } from '../fleet/unavailable.ts';
import type { Db } from '../store/database.ts';
import type { SimulatedHost } from './simulated-host.ts';
import type { SimulatedSite } from './site.ts';

/** Simulated hosts, whose agents come and go as they are told to. */
export interface SimulatedFleet extends Fleet {
  /** A host more, connected. */
  add(member: SimulatedMember): Promise<void>;
  /** The agent is lost, `seconds` ago; its neighbours still reach the host. */
  disconnect(hostId: string, seconds?: number): Promise<void>;
  /** The host is dead: neither agent nor neighbours reach it. What ran on it is there until its agent is back. */
  kill(hostId: string, seconds?: number): Promise<void>;
  /** The agent is back. */
  connect(hostId: string): Promise<void>;
  /** The host is removed: it is not connected any more, and does not come back. */
  forget(hostId: string): void;
}

export interface SimulatedMember {
  readonly id: string;
  readonly agent: SimulatedHost;
  /** On the underlay. */
  readonly address: string;
  readonly site: SimulatedSite;
}

export function simulatedFleet(db: Db, initial: readonly SimulatedMember[] = []): SimulatedFleet {
  const members = new Map<string, SimulatedMember>();
  const eventListeners: ((hostId: string, event: AgentEvent) => void)[] = [];
  const listeners: ((change: ConnectionChange) => void)[] = [];
  const member = (hostId: string): SimulatedMember => {
    const found = members.get(hostId);
    if (found === undefined) throw new Error(`no host ${hostId}`);
    return found;
  };
  const tell = (change: ConnectionChange): void => {
    for (const listener of listeners) listener(change);
  };
  const take = (one: SimulatedMember): void => {
    members.set(one.id, one);
    one.agent.onEvent(event => {
      for (const listener of eventListeners) listener(one.id, event);
    });
  };
  for (const one of initial) take(one);

  async function disconnect(hostId: string, seconds = 0): Promise<void> {
    member(hostId).agent.connected = false;
    await db
      .updateTable('hosts')
      .set({ state: 'Disconnected', disconnected: new Date(Date.now() - seconds * 1000) })
      .where('id', '=', hostId)
      .where('state', '<>', 'Removed')
      .execute();
    tell({ hostId, connected: false, reason: 'the simulated agent is lost' });
  }

  async function connect(hostId: string): Promise<void> {
    const { agent, address, site } = member(hostId);
    site.unreachable.delete(address);
    agent.connected = true;
    await db
      .updateTable('hosts')
      .set({ state: 'Connecting' })
      .where('id', '=', hostId)
      .where('state', 'not in', ['Up', 'Removed'])
      .execute();
    tell({ hostId, connected: true, reason: '' });
  }

  const fleet: SimulatedFleet = {
    of: hostId => members.get(hostId)?.agent ?? unavailableAgent(hostId),
    connected: () => [...members.values()].filter(one => one.agent.connected).map(one => one.id),
    onEvent: listener => eventListeners.push(listener),
    onConnection: listener => listeners.push(listener),
    drop(hostId) {
      if (!members.has(hostId)) return;
      void disconnect(hostId).then(() => connect(hostId));
    },
    close: () => Promise.resolve(),
    async add(one) {
      take(one);
      await connect(one.id);
    },
    disconnect,
    async kill(hostId, seconds) {
      const { address, site } = member(hostId);
      site.unreachable.add(address);
      await disconnect(hostId, seconds);
    },
    connect,
    forget(hostId) {
      const gone = members.get(hostId);
      if (gone === undefined) return;
      members.delete(hostId);
      gone.agent.connected = false;
      gone.site.hosts.delete(gone.agent);
      tell({ hostId, connected: false, reason: 'the host is removed' });
    },
  };
  return fleet;
}
