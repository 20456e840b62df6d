import type { ParamsOf, ResultOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified } from '../../access/access.ts';
import { ownedBy } from '../../access/owned-by.ts';
import type { Call } from '../../http/call.ts';
import { windowOf } from '../../store/page.ts';
import { selectNetworks } from '../network/repository.ts';
import { networkResponse } from '../network/response.ts';

/** A tag's number is that of its physical network times this, and the tag. */
const tagsOfOne = 2 ** 24;

type Params = ParamsOf<'listGuestVlans'>;

interface Tag {
  readonly physical_seq: number;
  readonly physical_network_id: string;
  readonly physical_network: string;
  readonly zone_id: string;
  readonly zone: string;
  readonly tag: number;
  readonly network_id: string | null;
  readonly taken: Date | null;
  readonly account: string | null;
  readonly account_id: string | null;
  readonly is_project: boolean | null;
  readonly domain_id: string | null;
  readonly domain: string | null;
  readonly domain_path: string | null;
}

/** The tags that physical networks give out, with who has each and whom it is set aside for. */
export async function listTags(call: Call, params: Params): Promise<ResultOf<'listGuestVlans'>> {
  const { size, offset } = windowOf(call, params);
  const asked = oneTag(params);
  if (asked === null) return { count: 0, items: [] };
  const where = sql.join([sql<SqlBool>`true`, ...filtersOf(params)], sql` and `);
  const inside = asked === undefined ? sql`` : sql`and ${asked} between r.first_tag and r.last_tag`;
  // Series are cut to the one tag that is asked for: ranges of VXLAN have millions.
  const series =
    asked === undefined
      ? sql`generate_series(r.first_tag, r.last_tag)`
      : sql`generate_series(${asked}::int, ${asked}::int)`;
  const from = sql`from vlan_ranges r join physical_networks on physical_networks.id = r.physical_network_id ${inside}
    join zones on zones.id = physical_networks.zone_id
    cross join lateral ${series} as tag
    left join vlan_tags t on t.physical_network_id = r.physical_network_id and t.tag = tag.tag
    where ${where}`;
  const total = await totalOf(call, { params, where, asked, from });
  const { rows } = await sql<Tag>`
    select physical_networks.seq as physical_seq, physical_networks.id as physical_network_id,
      physical_networks.name as physical_network, zones.id as zone_id, zones.name as zone, page.tag, page.network_id,
      n.created as taken, a.name as account, d.account_id, a.is_project, d.domain_id, domains.name as domain, domains.path as domain_path
    from (select r.physical_network_id, tag.tag, t.network_id ${from}
      order by physical_networks.seq, tag.tag limit ${size} offset ${offset}) page
    join physical_networks on physical_networks.id = page.physical_network_id
    join zones on zones.id = physical_networks.zone_id
    left join networks n on n.id = page.network_id
    left join dedicated_vlan_ranges d on d.physical_network_id = page.physical_network_id
      and page.tag between d.first_tag and d.last_tag
    left join accounts a on a.id = d.account_id left join domains on domains.id = d.domain_id
    order by physical_networks.seq, page.tag`.execute(call.tx);
  return { count: total, items: await shown(call, rows) };
}

interface Counted {
  readonly params: Params;
  readonly where: Expression<unknown>;
  readonly asked: number | undefined;
  readonly from: Expression<unknown>;
}

/** Counts by the sizes of ranges where every tag of them is shown. */
async function totalOf(call: Call, { params, where, asked, from }: Counted): Promise<number> {
  const whole =
    params.allocatedonly !== true && params.keyword === undefined && asked === undefined;
  const { rows } = whole
    ? await sql<{
        count: number;
      }>`select coalesce(sum(r.last_tag - r.first_tag + 1), 0)::bigint as count
        from vlan_ranges r join physical_networks on physical_networks.id = r.physical_network_id
        join zones on zones.id = physical_networks.zone_id where ${where}`.execute(call.tx)
    : await sql<{ count: number }>`select count(*)::bigint as count ${from}`.execute(call.tx);
  return rows[0]?.count ?? 0;
}

/** The one tag that `vnet` or `id` names; `null` when it can be none. */
function oneTag(params: Params): number | null | undefined {
  const { vnet, id } = params;
  const named = vnet === undefined ? undefined : tagOf(vnet);
  if (id === undefined || named === null) return named;
  const tag = id % tagsOfOne;
  return named === undefined || named === tag ? tag : null;
}

function tagOf(text: string): number | null {
  const [, digits] = /^(?:vx?lan:\/\/)?(\d{1,8})$/i.exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}

function filtersOf(params: Params): Expression<SqlBool>[] {
  const filters: Expression<SqlBool>[] = [];
  if (params.physicalnetworkid !== undefined)
    filters.push(identified(params.physicalnetworkid, 'physical_networks'));
  if (params.zoneid !== undefined) filters.push(identified(params.zoneid, 'zones'));
  if (params.id !== undefined)
    filters.push(sql<SqlBool>`physical_networks.seq = ${Math.floor(params.id / tagsOfOne)}`);
  if (params.allocatedonly === true) filters.push(sql<SqlBool>`t.tag is not null`);
  if (params.keyword !== undefined)
    filters.push(sql<SqlBool>`strpos(tag.tag::text, ${params.keyword}) > 0`);
  return filters;
}

async function shown(
  call: Call,
  rows: readonly Tag[],
): Promise<ResultOf<'listGuestVlans'>['items']> {
  const ids = rows.flatMap(row => (row.network_id === null ? [] : [row.network_id]));
  const networks =
    ids.length === 0 ? [] : await selectNetworks(call.tx).where('networks.id', 'in', ids).execute();
  const byId = new Map(networks.map(row => [row.id, row]));
  const viewer = call.caller.account.role;
  return rows.map(row => {
    const network = row.network_id === null ? undefined : byId.get(row.network_id);
    return {
      id: row.physical_seq * tagsOfOne + row.tag,
      vlan: String(row.tag),
      allocationstate: row.network_id === null ? 'Free' : 'Allocated',
      isdedicated: row.account !== null,
      physicalnetworkid: row.physical_network_id,
      physicalnetworkname: row.physical_network,
      zoneid: row.zone_id,
      zonename: row.zone,
      network: network === undefined ? [] : [networkResponse(network, viewer)],
      ...(row.taken === null ? {} : { taken: row.taken }),
      ...(row.account === null
        ? {}
        : {
            ...ownedBy(row),
            domainid: row.domain_id ?? '',
            domain: row.domain ?? '',
            domainpath: row.domain_path ?? '',
          }),
    };
  });
}
