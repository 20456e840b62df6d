import { randomBytes, randomUUID } from 'node:crypto';
import type { HostFacts } from '@isola/agent-protocol';
import type { Logger } from 'pino';
import { pino } from 'pino';
import { addedState, beginChange } from '../features/network/change.ts';
import { allocateGuestAddress, allocateMac } from '../features/network/guest-address.ts';
import { secretBox } from '../identity/secret.ts';
import type { Jobs } from '../jobs/complete.ts';
import { createJobs } from '../jobs/jobs.ts';
import { type SimulatedFleet, simulatedFleet } from '../simulator/fleet.ts';
import { simulatedHost } from '../simulator/host.ts';
import type { SimulatedHost } from '../simulator/simulated-host.ts';
import { simulatedSite } from '../simulator/site.ts';
import type { Db } from '../store/database.ts';
import type { InstanceRow, JobRow, RowPatch } from '../store/schema.ts';
import { seed } from '../store/seed.ts';
import { testDatabase } from '../store/test-database.ts';
import { createReconciler, type ReconcilerOptions, type RunningReconciler } from './reconciler.ts';

/** A seeded database, a host in memory, and what commands would write. */
export interface TestZone {
  readonly db: Db;
  /** The first host. */
  readonly agent: SimulatedHost;
  readonly hosts: readonly TestHost[];
  readonly fleet: SimulatedFleet;
  readonly jobs: Jobs;
  /** Not started. Quick to try again. */
  reconciler(options?: Partial<ReconcilerOptions>): RunningReconciler;
  addNetwork(type?: 'Isolated' | 'L2'): Promise<string>;
  /** An instance that is to run, with one NIC; gives its id. */
  deploy(networkId: string, wanted?: WantedInstance): Promise<string>;
  /** What commands write when an instance is to be moved. */
  move(instanceId: string, hostId: string): Promise<void>;
  /** A port forward to the first NIC of an instance, on the network's source NAT address. */
  forward(networkId: string, instanceId: string, port: number): Promise<string>;
  /** Changes what is asked of an instance, as commands do. */
  ask(instanceId: string, desired: InstanceRow['desired_state']): Promise<void>;
  askNetwork(networkId: string, patch: RowPatch<'networks'>): Promise<void>;
  /** A job that waits for the object's present generation. */
  job(kind: 'network' | 'instance', id: string): Promise<string>;
  readJob(id: string): Promise<JobRow>;
  close(): Promise<void>;
}

export interface WantedInstance {
  readonly hostId?: string;
  readonly highlyAvailable?: boolean;
}

export interface TestHost {
  readonly id: string;
  readonly agent: SimulatedHost;
  /** Underlay address. */
  readonly address: string;
}

export interface TestZoneOptions {
  readonly addresses?: number;
  readonly vlans?: number;
  /** The first host is the machine itself; with several, segments are VXLAN. */
  readonly hosts?: number;
  /** Storage that all hosts share. */
  readonly sharedStorage?: string;
}

const log: Logger = pino({ level: process.env['ISOLA_TEST_LOG'] ?? 'silent' });

export async function testZone({
  addresses = 60,
  vlans = 60,
  hosts: hostCount = 1,
  sharedStorage,
}: TestZoneOptions = {}): Promise<TestZone> {
  const database = await testDatabase();
  const { db } = database;
  const site = simulatedSite();
  const agents = Array.from({ length: hostCount }, (_, n) =>
    simulatedHost(
      {
        name: `memory${n + 1}`,
        underlay: hostCount === 1 ? null : { address: addressOf(n), mtu: 1600 },
        sharedStorage: sharedStorage ?? null,
      },
      site,
    ),
  );
  const [agent = simulatedHost()] = agents;
  const { admin, zoneId, hostId } = await seed(db, {
    settings: {
      zone: {
        name: 'zone1',
        dns: ['192.0.2.53'],
        internalDns: ['192.0.2.53'],
        guestCidr: '10.1.1.0/24',
        networkDomain: 'cs1.example',
      },
      public: {
        gateway: '203.0.113.1',
        prefix: 24,
        first: '203.0.113.2',
        last: `203.0.113.${addresses + 1}`,
        vlan: 'untagged',
      },
      guestNetwork: { isolation: 'VLAN', first: 100, last: 99 + vlans },
      adminPassword: 'a password',
    },
    facts: await agent.facts(),
    secrets: secretBox(randomBytes(32)),
  });
  if (zoneId === null) throw new Error('a fresh database has no zone');
  if (hostId === null) throw new Error('the machine is no host');
  const jobs = createJobs({ resultOf: () => Promise.resolve({}), log });
  const account = await one(db, 'accounts');
  const owner = { account_id: account.id, domain_id: account.domain_id };
  const physical = await one(db, 'physical_networks');
  const hosts: TestHost[] = [];
  for (const [n, one] of agents.entries()) {
    const id = n === 0 ? hostId : await addHost(db, hostId, await one.facts());
    hosts.push({ id, agent: one, address: addressOf(n) });
  }
  if (hostCount > 1)
    await db.updateTable('physical_networks').set({ isolation_method: 'VXLAN' }).execute();
  const fleet = simulatedFleet(
    db,
    hosts.map(host => ({ ...host, site })),
  );
  const template = await one(db, 'templates');
  const offering = await one(db, 'service_offerings');
  const available = await addAvailableOffering(db);
  const networkOffering = await db
    .selectFrom('network_offerings')
    .select('id')
    .where('name', '=', 'DefaultIsolatedNetworkOfferingWithSourceNatService')
    .executeTakeFirstOrThrow();

  const zone: TestZone = {
    db,
    agent,
    hosts,
    fleet,
    jobs,
    reconciler: options =>
      createReconciler({
        db,
        fleet,
        jobs,
        log,
        patience: { first: 1, longest: 5, jobs: 60_000 },
        ...options,
      }),
    async addNetwork(type = 'Isolated') {
      const row = await db
        .insertInto('networks')
        .values({
          ...owner,
          zone_id: zoneId,
          physical_network_id: physical.id,
          offering_id: networkOffering.id,
          name: `net-${randomUUID().slice(0, 8)}`,
          display_text: 'a network',
          guest_type: type,
          cidr: type === 'L2' ? null : '10.1.1.0/24',
          gateway: type === 'L2' ? null : '10.1.1.1',
          network_domain: 'cs1.example',
          dns: [],
          requested_vlan: null,
          vlan: null,
          idle_since: null,
          failure: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return row.id;
    },
    deploy: (networkId, { hostId: wantedHost = null, highlyAvailable = false } = {}) =>
      db.transaction().execute(async tx => {
        const id = randomUUID();
        await tx
          .insertInto('instances')
          .values({
            ...owner,
            id,
            zone_id: zoneId,
            host_id: null,
            last_host_id: null,
            user_id: admin.userId,
            name: `vm-${id.slice(0, 8)}`,
            display_name: 'vm',
            internal_name: `i-2-${id}-VM`,
            service_offering_id: highlyAvailable ? available.id : offering.id,
            ha_enabled: highlyAvailable,
            requested_host_id: wantedHost ?? null,
            template_id: template.id,
            user_data: null,
            state: 'Starting',
            desired_state: 'Running',
            failure: null,
            destroyed: null,
          })
          .execute();
        const change = await beginChange(tx, networkId);
        await tx
          .insertInto('nics')
          .values({
            instance_id: id,
            network_id: networkId,
            device: 0,
            mac: await allocateMac(tx),
            address:
              change.network.guest_type === 'L2'
                ? null
                : await allocateGuestAddress(tx, change.network),
            is_default: true,
            generation: change.generation,
            state: addedState(change),
          })
          .execute();
        await tx
          .updateTable('networks')
          .set({ desired_state: 'Implemented', idle_since: null })
          .where('id', '=', networkId)
          .execute();
        return id;
      }),
    forward: (networkId, instanceId, port) =>
      db.transaction().execute(async tx => {
        const { generation, live } = await beginChange(tx, networkId);
        const nic = await tx
          .selectFrom('nics')
          .select('id')
          .where('instance_id', '=', instanceId)
          .executeTakeFirstOrThrow();
        const address = await tx
          .selectFrom('public_addresses')
          .select('id')
          .where('network_id', '=', networkId)
          .executeTakeFirstOrThrow();
        const row = await tx
          .insertInto('port_forwarding_rules')
          .values({
            ...owner,
            network_id: networkId,
            public_address_id: address.id,
            nic_id: nic.id,
            protocol: 'tcp',
            public_first: port,
            public_last: port,
            private_first: port,
            private_last: port,
            generation,
            state: live ? 'Add' : 'Active',
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        return row.id;
      }),
    async ask(instanceId, desired) {
      await db
        .updateTable('instances')
        .set(eb => ({ desired_state: desired, generation: eb('generation', '+', 1) }))
        .where('id', '=', instanceId)
        .execute();
    },
    async move(instanceId, target) {
      await db
        .updateTable('instances')
        .set(eb => ({ migration_target: target, generation: eb('generation', '+', 1) }))
        .where('id', '=', instanceId)
        .execute();
    },
    async askNetwork(networkId, patch) {
      await db
        .updateTable('networks')
        .set(eb => ({ ...patch, generation: eb('generation', '+', 1) }))
        .where('id', '=', networkId)
        .execute();
    },
    async job(kind, id) {
      const { generation } = await db
        .selectFrom(kind === 'network' ? 'networks' : 'instances')
        .select('generation')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const job = await db
        .insertInto('jobs')
        .values({
          ...owner,
          command: 'restartNetwork',
          user_id: admin.userId,
          params: '{}',
          object_type: null,
          object_id: id,
          waits_kind: kind,
          waits_id: id,
          waits_generation: generation,
          start_event_id: null,
          completed: null,
          result: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return job.id;
    },
    readJob: id => db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    close: () => database.close(),
  };
  return zone;
}

async function one(db: Db, table: 'accounts'): Promise<{ id: string; domain_id: string }>;
async function one(
  db: Db,
  table: 'physical_networks' | 'templates' | 'service_offerings',
): Promise<{ id: string }>;
async function one(
  db: Db,
  table: 'accounts' | 'physical_networks' | 'templates' | 'service_offerings',
): Promise<{ id: string }> {
  return db.selectFrom(table).selectAll().orderBy('seq').limit(1).executeTakeFirstOrThrow();
}

const addressOf = (n: number): string => `192.0.2.${n + 1}`;

/** Another host like the first, remote. */
async function addHost(db: Db, like: string, facts: HostFacts): Promise<string> {
  const first = await db
    .updateTable('hosts')
    .set({
      underlay_address: addressOf(0),
      shared_storage: facts.sharedStorage,
    })
    .where('id', '=', like)
    .returningAll()
    .executeTakeFirstOrThrow();
  const { id } = await db
    .insertInto('hosts')
    .values({
      zone_id: first.zone_id,
      pod_id: first.pod_id,
      cluster_id: first.cluster_id,
      name: facts.name,
      hypervisor: facts.hypervisor,
      address: facts.underlay?.address ?? '',
      state: 'Up',
      cpu_cores: facts.cpuCores,
      cpu_mhz: facts.cpuMHz,
      memory_bytes: facts.memoryBytes,
      kernel: facts.kernel,
      underlay_address: facts.underlay?.address ?? null,
      underlay_mtu: facts.underlay?.mtu ?? null,
      shared_storage: facts.sharedStorage,
      certificate: null,
      disconnected: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A small offering whose instances are started elsewhere when their host is lost. */
function addAvailableOffering(db: Db): Promise<{ id: string }> {
  return db
    .insertInto('service_offerings')
    .values({
      name: 'available',
      display_text: 'Highly available',
      cpu_number: 1,
      cpu_speed: 500,
      memory_mib: 256,
      network_rate: null,
      host_tags: null,
      offer_ha: true,
      system_vm_type: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
}
