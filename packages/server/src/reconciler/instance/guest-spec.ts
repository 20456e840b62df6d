import type { GuestSpec } from '@isola/agent-protocol';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { InstanceRow } from '../../store/schema.ts';
import { limitsOf } from '../network/router-spec.ts';
import { segmentOf } from '../network/segment.ts';

/** What a host makes of an instance's rows. Every network of its NICs must have its tag. */
export async function readGuestSpec(
  db: Db,
  instance: InstanceRow,
  hostId: string,
): Promise<GuestSpec> {
  const offering = await db
    .selectFrom('service_offerings')
    .selectAll()
    .where('id', '=', instance.service_offering_id)
    .executeTakeFirstOrThrow();
  const template = await db
    .selectFrom('templates')
    .select(['name', 'checksum'])
    .where('id', '=', instance.template_id)
    .executeTakeFirstOrThrow();
  return {
    id: instance.id,
    name: instance.internal_name,
    hostname: instance.name,
    template,
    highlyAvailable: instance.ha_enabled,
    sshPublicKeys: await publicKeys(db, instance),
    nics: await readNics(db, instance.id, offering.network_rate),
    limits: await limitsOf(db, offering, hostId),
  };
}

/** In the order in which the instance was given them; a pair that was deleted meanwhile is left out. */
async function publicKeys(db: Db, instance: InstanceRow): Promise<string[]> {
  if (instance.key_pairs.length === 0) return [];
  const rows = await db
    .selectFrom('ssh_key_pairs')
    .select(['name', 'public_key'])
    .where('account_id', '=', instance.account_id)
    .where('name', 'in', instance.key_pairs)
    .execute();
  const keys = new Map(rows.map(row => [row.name, row.public_key]));
  return instance.key_pairs.flatMap(name => keys.get(name) ?? []);
}

async function readNics(
  db: Db,
  instanceId: string,
  offeringRate: number | null,
): Promise<GuestSpec['nics']> {
  const rows = await db
    .selectFrom('nics')
    .innerJoin('networks', 'networks.id', 'nics.network_id')
    .innerJoin('network_offerings', 'network_offerings.id', 'networks.offering_id')
    .innerJoin('physical_networks', 'physical_networks.id', 'networks.physical_network_id')
    .select([
      'physical_networks.isolation_method',
      'nics.device',
      'nics.mac',
      'nics.address',
      sql<string[]>`array(select further.address from nic_addresses further
        where further.nic_id = nics.id and further.release_generation is null order by further.seq)`.as(
        'further',
      ),
      'networks.id as network_id',
      'networks.vlan',
      'networks.private_mtu',
      'network_offerings.network_rate',
    ])
    .where('nics.instance_id', '=', instanceId)
    .where(
      sql<boolean>`nics.state <> 'Revoke' and nics.plug is distinct from 'Out' and nics.enabled`,
    )
    .orderBy('nics.device')
    .execute();
  return rows.map(row => {
    const megabits = offeringRate ?? row.network_rate;
    return {
      device: `eth${row.device}`,
      mac: row.mac,
      network: { kind: 'guest' as const, segment: segmentOf(row) },
      pinnedAddresses: row.address === null ? ('any' as const) : [row.address, ...row.further],
      mtu: row.private_mtu,
      rate: megabits === null ? null : megabits * 1_000_000,
    };
  });
}
