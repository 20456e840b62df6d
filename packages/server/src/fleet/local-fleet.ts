import type { HostAgent } from '@isola/agent-protocol';
import type { Fleet } from './fleet.ts';
import { unavailableAgent } from './unavailable.ts';

/** The fleet of one machine: its own agent, in this process and so always connected. Closing it leaves the agent open. */
export function localFleet(hostId: string, agent: HostAgent): Fleet {
  return {
    of: id => (id === hostId ? agent : unavailableAgent(id)),
    connected: () => [hostId],
    onEvent: listener => agent.onEvent(event => listener(hostId, event)),
    onConnection: () => undefined,
    drop: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** The fleet of a server without hosts. */
export const noFleet: Fleet = {
  of: unavailableAgent,
  connected: () => [],
  onEvent: () => undefined,
  onConnection: () => undefined,
  drop: () => undefined,
  close: () => Promise.resolve(),
};

/** Two fleets as one. A host that neither has connected is the second's to answer for. */
export function bothFleets(first: Fleet, second: Fleet): Fleet {
  return {
    of: id => (first.connected().includes(id) ? first : second).of(id),
    connected: () => [...new Set([...first.connected(), ...second.connected()])],
    onEvent: listener => {
      first.onEvent(listener);
      second.onEvent(listener);
    },
    onConnection: listener => {
      first.onConnection(listener);
      second.onConnection(listener);
    },
    drop: id => {
      first.drop(id);
      second.drop(id);
    },
    close: async () => {
      await first.close();
      await second.close();
    },
  };
}
