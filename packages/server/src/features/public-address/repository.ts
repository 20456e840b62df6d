import { type SelectQueryBuilder, sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { Database, PublicAddressRow } from '../../store/schema.ts';

interface AddressContext {
  readonly range_vlan: string;
  readonly physical_network_id: string;
  readonly zone: string;
  readonly account: string | null;
  readonly is_project: boolean | null;
  readonly domain: string | null;
  readonly domain_path: string | null;
  readonly network_name: string | null;
  readonly instance_id: string | null;
  readonly instance_name: string | null;
  readonly instance_display_name: string | null;
  readonly guest_address: string | null;
  readonly forwards: boolean;
  readonly filters: boolean;
}

/** A public address with what its answer shows of what it belongs to. */
export type ShownAddress = PublicAddressRow & AddressContext;

/** All public addresses; callers add conditions and order. The joins are outer ones for `longPageOf`. */
export function selectAddresses(
  db: Db,
): SelectQueryBuilder<Database, 'public_addresses' | 'public_ranges' | 'zones', ShownAddress> {
  return db
    .selectFrom('public_addresses')
    .leftJoin('public_ranges', 'public_ranges.id', 'public_addresses.range_id')
    .leftJoin('zones', 'zones.id', 'public_addresses.zone_id')
    .leftJoin('accounts', 'accounts.id', 'public_addresses.account_id')
    .leftJoin('domains', 'domains.id', 'public_addresses.domain_id')
    .leftJoin('networks', 'networks.id', 'public_addresses.network_id')
    .leftJoin('nics', 'nics.id', 'public_addresses.static_nat_nic_id')
    .leftJoin('instances', 'instances.id', 'nics.instance_id')
    .selectAll('public_addresses')
    .select([
      'public_ranges.vlan as range_vlan',
      'public_ranges.physical_network_id',
      'zones.name as zone',
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
      'networks.name as network_name',
      'instances.id as instance_id',
      'instances.name as instance_name',
      'instances.display_name as instance_display_name',
      sql<string | null>`coalesce(public_addresses.static_nat_address, nics.address)`.as(
        'guest_address',
      ),
      hasRules('port_forwarding_rules').as('forwards'),
      hasRules('firewall_rules').as('filters'),
    ])
    .$castTo<ShownAddress>();
}

function hasRules(table: 'port_forwarding_rules' | 'firewall_rules') {
  return sql<boolean>`exists (select 1 from ${sql.table(table)} as rule
    where rule.public_address_id = public_addresses.id and rule.state <> 'Revoke')`;
}

/** An allocated address that the caller may act on. 431 when there is none of that id or it is free, 531 when it is a stranger's. */
export async function ownedAddress(
  call: Call,
  named: { readonly parameter: string; readonly id: string },
): Promise<PublicAddressRow> {
  const address = await call.tx
    .selectFrom('public_addresses')
    .selectAll()
    .where(identified(named.id))
    .executeTakeFirst();
  if (address === undefined || address.account_id === null || address.domain_id === null)
    throw unknownId(call, named);
  const owner = { account_id: address.account_id, domain_id: address.domain_id };
  await requireOwner(call, owner, `public address ${address.address}`);
  return address;
}
