import { setTimeout as sleep } from 'node:timers/promises';
import { formatIpv4, IsolaError, ipv4 } from '@isola/model';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { admitHost } from '../fleet/join.ts';
import type { Db, Tx } from '../store/database.ts';
import type { HostRow } from '../store/schema.ts';
import { seedTemplates } from '../store/seed/templates.ts';
import { transact } from '../store/transaction.ts';
import { hostMock, linkMock } from './commands.ts';
import { simulatedFacts } from './facts.ts';
import { type SimulatedFleet, type SimulatedMember, simulatedFleet } from './fleet.ts';
import { simulatedHost } from './host.ts';
import { type HostScope, Mocks } from './mocks.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { type SimulatedSite, simulatedSite } from './site.ts';

/** Hosts of hypervisor `Simulator`: each such row is a host in this process. */
export interface Simulator {
  readonly fleet: SimulatedFleet;
  /** How they go wrong, or slowly. */
  readonly mocks: Mocks;
  /** Makes a host of the name in the place that the join token is for. Resolves when its agent is connected. Throws `refused_value`. */
  join(name: string, tokenId: string): Promise<void>;
  /** The host is removed. Succeeds when it is not simulated. */
  forget(hostId: string): void;
  /** Delays that are being waited for end; the hosts stay as they are. */
  close(): Promise<void>;
}

/** What hosts hold. It outlives a server only where somebody keeps it. */
export interface SimulatedWorld {
  readonly hosts: Map<string, SimulatedHost>;
  /** By zone. */
  readonly sites: Map<string, SimulatedSite>;
}

export function simulatedWorld(): SimulatedWorld {
  return { hosts: new Map(), sites: new Map() };
}

export interface SimulatorOptions {
  readonly db: Db;
  readonly log: Logger;
  readonly world: SimulatedWorld;
}

/** Takes up the simulated hosts that the rows name, connected. What ran on them is gone unless the world has it still. */
export async function openSimulator({ db, log, world }: SimulatorOptions): Promise<Simulator> {
  const mocks = new Mocks();
  const closing = new AbortController();
  const members = new Map<string, SimulatedMember & { readonly scope: HostScope }>();

  function memberOf(row: HostRow) {
    const site = world.sites.get(row.zone_id) ?? simulatedSite();
    world.sites.set(row.zone_id, site);
    const address = row.underlay_address ?? '';
    const facts = simulatedFacts({ name: row.name, address, zoneId: row.zone_id });
    const agent = world.hosts.get(row.id) ?? simulatedHost(facts, site);
    world.hosts.set(row.id, agent);
    const scope = {
      zoneId: row.zone_id,
      podId: row.pod_id,
      clusterId: row.cluster_id,
      hostId: row.id,
    };
    agent.intercept = async (command, subject, done) => {
      if (done) return setLinks(agent, scope, subject);
      const value = mocks.take(command, subject, scope);
      if (value === null) return;
      if (value.wait > 0) await pause(value.wait);
      if (value.result === 'fail')
        throw new IsolaError('resource_unavailable', { reason: `Simulated failure of ${command}` });
      if (value.result === 'fault')
        throw new IsolaError('insufficient_capacity', { reason: `Simulated fault of ${command}` });
    };
    const member = { id: row.id, agent, address, site, scope };
    members.set(row.id, member);
    return member;
  }

  async function pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: closing.signal }).catch(() => {
      throw new IsolaError('resource_unavailable', { reason: 'the simulator is stopping' });
    });
  }

  /** Control links of routers, as the mocks have them now; of one router when it is named. */
  function setLinks(agent: SimulatedHost, scope: HostScope, only?: string): void {
    for (const routerId of only === undefined ? agent.routers.keys() : [only]) {
      const router = agent.routers.get(routerId);
      if (router === undefined) continue;
      const reachable = (mocks.standing(linkMock, routerId, scope)?.result ?? null) === null;
      if (router.reachable === reachable) continue;
      router.reachable = reachable;
      const reason = reachable ? '' : 'Simulated failure of the control link';
      agent.emit({ kind: 'router-link', routerId, reachable, reason, report: null });
    }
  }

  /** Brings hosts and links to what the mocks say. */
  async function settle(): Promise<void> {
    for (const { id, agent, scope } of members.values()) {
      const lost = mocks.standing(hostMock, null, scope)?.result ?? null;
      if (lost === null && !agent.connected) await fleet.connect(id);
      if (lost === 'fail' && agent.connected) await fleet.disconnect(id);
      if (lost === 'fault' && agent.connected) {
        powerOff(agent);
        await fleet.kill(id);
      }
      if (agent.connected) setLinks(agent, scope);
    }
  }

  let settled = Promise.resolve();
  mocks.onChange(() => {
    settled = settled
      .then(() => (closing.signal.aborted ? undefined : settle()))
      .catch((error: unknown) => log.error({ err: error }, 'mocks could not take effect'));
  });

  const rows = await db
    .updateTable('hosts')
    .set({ state: 'Connecting', disconnected: null })
    .where('hypervisor', '=', 'Simulator')
    .where('state', '<>', 'Removed')
    .returningAll()
    .execute();
  const fleet = simulatedFleet(db, rows.map(memberOf));

  return {
    fleet,
    mocks,
    async join(name, tokenId) {
      const row = await transact(db, tx => writeHost(tx, name, tokenId));
      await fleet.add(memberOf(row));
    },
    forget(hostId) {
      members.delete(hostId);
      world.hosts.delete(hostId);
      fleet.forget(hostId);
    },
    async close() {
      closing.abort();
      await settled;
    },
  };
}

/** A host whose power is cut: nothing runs there any more. */
function powerOff(agent: SimulatedHost): void {
  for (const one of [...agent.routers.values(), ...agent.guests.values()]) one.running = false;
}

/** Underlay of simulated hosts: 198.18.0.0/15, which is for tests of networks. */
const firstAddress = ipv4('198.18.0.1');
const lock = 0x15_01_a0_02;

/** The row of a host that joins, and the templates of its zone, which simulated hosts have from the beginning. */
async function writeHost(tx: Tx, name: string, tokenId: string): Promise<HostRow> {
  // Hosts that are added at once take one address after the other.
  await sql`select pg_advisory_xact_lock(${lock})`.execute(tx);
  const token = await tx
    .selectFrom('join_tokens')
    .selectAll()
    .where('id', '=', tokenId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const address = await freeAddress(tx);
  const facts = simulatedFacts({ name, address, zoneId: token.zone_id });
  const hostId = await admitHost(tx, { token, facts, from: address });
  await seedSimulatedTemplates(tx, token.zone_id);
  return tx.selectFrom('hosts').selectAll().where('id', '=', hostId).executeTakeFirstOrThrow();
}

async function freeAddress(tx: Tx): Promise<string> {
  const rows = await tx
    .selectFrom('hosts')
    .select('underlay_address')
    .where('hypervisor', '=', 'Simulator')
    .execute();
  const taken = new Set(rows.map(row => row.underlay_address));
  for (let at = firstAddress; ; at += 1) if (!taken.has(formatIpv4(at))) return formatIpv4(at);
}

/** The system template and a guest template of hypervisor Simulator, for a zone. Repeated, it changes nothing. */
async function seedSimulatedTemplates(tx: Tx, zoneId: string): Promise<void> {
  const { id: accountId } = await tx
    .selectFrom('accounts')
    .select('id')
    .where('role', '=', 'Root Admin')
    .orderBy('seq')
    .executeTakeFirstOrThrow();
  const facts = simulatedFacts({ name: '', address: '', zoneId });
  await seedTemplates(tx, { accountId, zoneId, facts });
}
