import { type HostFacts, joinServer, ServerLink } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { pino } from 'pino';
import type { HostInstaller } from '../fleet/installer.ts';
import { simulatedHost } from '../simulator/host.ts';
import type { SimulatedHost } from '../simulator/simulated-host.ts';
import { simulatedSite } from '../simulator/site.ts';

/** Machines that a server can make hosts of: their agents are in memory, and join and dial in over real TLS. */
export interface TestMachines {
  readonly installer: HostInstaller;
  /** A machine at an address, where root's password is `right`. */
  add(address: string, facts?: Partial<HostFacts>): SimulatedHost;
  /** The machine at an address is gone. */
  lose(address: string): void;
  /** Lets go of the server. */
  close(): void;
}

const log = pino({ level: process.env['ISOLA_TEST_LOG'] ?? 'silent' });

export function testMachines(): TestMachines {
  const site = simulatedSite();
  const agents = new Map<string, SimulatedHost>();
  const links = new Map<string, ServerLink>();
  return {
    add(address, facts = {}) {
      const underlay = { address, mtu: 1600 };
      const agent = simulatedHost(
        { name: `host-${address}`, hypervisor: 'KVM', underlay, images: null, ...facts },
        site,
      );
      agents.set(address, agent);
      return agent;
    },
    installer: {
      async install({ address, password }, { serverUrl, token, publicInterface }, progress) {
        const agent = agents.get(address);
        if (agent === undefined) throw unavailable(`${address} does not answer`);
        if (password !== 'right') throw unavailable(`${address} refuses the password`);
        progress('joining');
        const facts = { ...(await agent.facts()), reachesPublic: publicInterface !== null };
        agent.facts = () => Promise.resolve(facts);
        const { identity } = await joinServer(serverUrl, token, facts);
        const store = (certificate: string) => Promise.resolve({ ...identity, certificate });
        links.get(address)?.close();
        links.set(address, new ServerLink({ serverUrl, agent, identity, store, log }));
      },
    },
    lose(address) {
      links.get(address)?.close();
    },
    close() {
      for (const link of links.values()) link.close();
    },
  };
}

function unavailable(reason: string): IsolaError {
  return new IsolaError('resource_unavailable', { reason });
}
