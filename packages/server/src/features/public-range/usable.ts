import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { NetworkRow } from '../../store/schema.ts';
import { settingAt } from '../setting/value.ts';

interface Range {
  readonly id: string;
  readonly dedicated: boolean;
}

/**
 * Ids of the public ranges that addresses of a network may come from, in the order in which they are tried: those set aside for
 * its account or domain first; others after them where `use.system.public.ips` allows it, or where none are set aside. Of each
 * kind those that the network has addresses of come first: its router needs no further public subnet. A router has one public NIC:
 * ranges on another VLAN than the network's own addresses are left out.
 */
export async function usableRanges(
  db: Db,
  network: Pick<NetworkRow, 'zone_id' | 'account_id' | 'domain_id'> & {
    readonly id: string | null;
  },
): Promise<string[]> {
  const { rows } = await sql<Range>`
    select r.id, r.account_id is not null or r.domain_id is not null as dedicated from public_ranges r
    where r.zone_id = ${network.zone_id} and (r.account_id = ${network.account_id} or r.domain_id = ${network.domain_id}
      or r.account_id is null and r.domain_id is null)
      and not exists (select 1 from public_addresses a join public_ranges own on own.id = a.range_id
        where a.network_id = ${network.id}::uuid and own.vlan <> r.vlan)
    order by dedicated desc, exists (select 1 from public_addresses a join public_ranges same on same.id = a.range_id
      where a.network_id = ${network.id}::uuid and same.vlan = r.vlan and same.gateway = r.gateway) desc, r.seq`.execute(
    db,
  );
  const dedicated = rows.filter(row => row.dedicated);
  const place = { scope: 'account', id: network.account_id } as const;
  const alone = dedicated.length > 0 && (await settingAt(db, 'use.system.public.ips', place)) === 0;
  return (alone ? dedicated : rows).map(row => row.id);
}
