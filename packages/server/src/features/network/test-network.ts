import { randomBytes } from 'node:crypto';
import { formatIpv4, ipv4 } from '@isola/model';
import { noHostWork } from '../../fleet/test-agents.ts';
import { apiLimits } from '../../http/api-limits.ts';
import type { Call, Caller, Intent } from '../../http/call.ts';
import { secretBox } from '../../identity/secret.ts';
import { simulatedHost } from '../../simulator/host.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow, NewRow } from '../../store/schema.ts';
import { seed } from '../../store/seed.ts';
import { testDatabase } from '../../store/test-database.ts';
import { transact } from '../../store/transaction.ts';
import { folderStores } from '../../templates/test-stores.ts';
import { defaultRoles } from '../role/defaults.ts';
import { callerRole } from '../role/repository.ts';
import { releaseNetwork } from './release.ts';

/** A seeded database without a server: commands are begun in transactions, nothing converges. */
export interface TestNetworks {
  readonly db: Db;
  readonly caller: Caller;
  readonly zoneId: string;
  /** Begins a command as the root administrator, in a transaction of its own. */
  begin<P>(handler: { begin(call: Call, params: P): Promise<Intent> }, params: P): Promise<Intent>;
  network(values?: Partial<NewRow<'networks'>>): Promise<NetworkRow>;
  /** An instance with a NIC in the network; gives both ids. */
  instance(network: NetworkRow, host: number): Promise<{ id: string; nicId: string }>;
  /** Deletes a network with all that is in it. */
  clear(network: NetworkRow): Promise<void>;
  close(): Promise<void>;
}

export async function testNetworks(
  vlans: { first: number; last: number } = { first: 100, last: 199 },
): Promise<TestNetworks> {
  const database = await testDatabase();
  const { db } = database;
  const secrets = secretBox(randomBytes(32));
  const seeded = await seed(db, {
    secrets,
    settings: {
      zone: {
        name: 'zone1',
        dns: ['192.0.2.53'],
        internalDns: ['192.0.2.53'],
        guestCidr: '10.1.1.0/24',
        networkDomain: 'isola.internal',
      },
      public: {
        gateway: '203.0.113.1',
        prefix: 24,
        first: '203.0.113.10',
        last: '203.0.113.59',
        vlan: 'untagged',
      },
      guestNetwork: { isolation: 'VLAN', ...vlans },
      adminPassword: 'test',
    },
    facts: await simulatedHost().facts(),
  });
  const { zoneId } = seeded;
  if (zoneId === null) throw new Error('a fresh database has no zone');
  const caller: Caller = {
    role: await callerRole(db, defaultRoles['Root Admin']),
    account: await db.selectFrom('accounts').selectAll().executeTakeFirstOrThrow(),
    domain: await db.selectFrom('domains').selectAll().executeTakeFirstOrThrow(),
    user: await db.selectFrom('users').selectAll().executeTakeFirstOrThrow(),
  };
  const physical = await db.selectFrom('physical_networks').select('id').executeTakeFirstOrThrow();
  const offering = await db
    .selectFrom('network_offerings')
    .select('id')
    .where('availability', '=', 'Required')
    .executeTakeFirstOrThrow();
  const size = await db.selectFrom('service_offerings').select('id').executeTakeFirstOrThrow();
  const template = await db.selectFrom('templates').select('id').executeTakeFirstOrThrow();
  let made = 0;
  return {
    db,
    caller,
    zoneId,
    begin: (handler, params) =>
      transact(db, tx =>
        handler.begin(
          {
            caller,
            command: 'createNetwork',
            tx,
            secrets,
            maxPageSize: 500,
            concerns: () => undefined,
            wake: () => {},
            imageStores: folderStores(),
            builtInTemplates: [],
            wakeTemplates: () => undefined,
            settingsChanged: () => undefined,
            hosts: noHostWork,
            mocks: null,
            beginErrand: () => undefined,
            apiLimits: apiLimits(() => performance.now()),
            healthChecks: async () => [],
          },
          params,
        ),
      ),
    network: values =>
      db
        .insertInto('networks')
        .values({
          zone_id: zoneId,
          physical_network_id: physical.id,
          account_id: caller.account.id,
          domain_id: caller.domain.id,
          offering_id: offering.id,
          name: 'net',
          display_text: 'net',
          cidr: '10.1.1.0/24',
          gateway: '10.1.1.1',
          network_domain: 'isola.internal',
          dns: [],
          ...values,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    async instance(network, host) {
      made += 1;
      const { id } = await db
        .insertInto('instances')
        .values({
          zone_id: zoneId,
          account_id: caller.account.id,
          domain_id: caller.domain.id,
          name: `vm${made}`,
          display_name: `vm${made}`,
          internal_name: `i-2-${made}-VM`,
          service_offering_id: size.id,
          template_id: template.id,
          state: 'Running',
          desired_state: 'Running',
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const nic = await db
        .insertInto('nics')
        .values({
          instance_id: id,
          network_id: network.id,
          device: 0,
          mac: `02:00:00:00:${hex(made >> 8)}:${hex(made & 255)}`,
          address: formatIpv4(ipv4(network.gateway ?? '10.1.1.1') + host),
          is_default: true,
          generation: network.generation,
          state: 'Active',
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return { id, nicId: nic.id };
    },
    clear: network =>
      db.transaction().execute(async tx => {
        await tx
          .updateTable('public_addresses')
          .set({ static_nat_nic_id: null })
          .where('network_id', '=', network.id)
          .execute();
        await tx.deleteFrom('port_forwarding_rules').where('network_id', '=', network.id).execute();
        await tx.deleteFrom('nics').where('network_id', '=', network.id).execute();
        await releaseNetwork(tx, network.id);
      }),
    close: () => database.close(),
  };
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}
