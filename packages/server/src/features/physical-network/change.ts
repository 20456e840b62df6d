import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { visibleDomain } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { PhysicalNetworkRow, RowPatch } from '../../store/schema.ts';
import { heldDomain } from '../domain/held.ts';
import { lockZone } from '../zone/update.ts';
import { checkedName } from '../zone/values.ts';
import { checkTagRanges } from './check-ranges.ts';
import { insertPhysicalNetwork, replaceTagRanges } from './insert.ts';
import { lockPhysicalNetwork } from './repository.ts';
import { parseTagRanges } from './tag-ranges.ts';

/** Writes a physical network, which is disabled; gives its id. */
export async function createPhysicalNetwork(
  call: Call,
  params: ParamsOf<'createPhysicalNetwork'>,
): Promise<string> {
  const zone = await lockZone(call, { parameter: 'zoneid', id: params.zoneid });
  const isolation = checkedMethod(params.isolationmethods ?? []);
  const ranges = parseTagRanges(params.vlan ?? '', isolation);
  await checkTagRanges(call.tx, ranges, {
    id: null,
    zone_id: zone.id,
    isolation_method: isolation,
  });
  const domain =
    params.domainid === undefined
      ? null
      : await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
  if (domain !== null) await heldDomain(call, domain);
  const { id } = await insertPhysicalNetwork(call.tx, {
    zoneId: zone.id,
    name: checkedName(params.name),
    isolation,
    ranges,
    state: 'Disabled',
    tags: checkedTag(params.tags ?? []),
    speed: params.networkspeed ?? null,
    domainId: domain?.id ?? null,
  });
  return id;
}

/** Changes a physical network; gives its id. 431 for ranges that `checkTagRanges` refuses. */
export async function updatePhysicalNetwork(
  call: Call,
  params: ParamsOf<'updatePhysicalNetwork'>,
): Promise<string> {
  const network = await lockPhysicalNetwork(call, { parameter: 'id', id: params.id });
  const patch: RowPatch<'physical_networks'> = {};
  if (params.state !== undefined)
    patch.state = params.state.toLowerCase() === 'enabled' ? 'Enabled' : 'Disabled';
  if (params.tags !== undefined) patch.tags = checkedTag(params.tags);
  if (params.networkspeed !== undefined) patch.network_speed = params.networkspeed;
  if (params.vlan !== undefined) {
    await lockZone(call, { parameter: 'zoneid', id: network.zone_id });
    const ranges = parseTagRanges(params.vlan, network.isolation_method);
    await checkTagRanges(call.tx, ranges, network);
    await replaceTagRanges(call.tx, network.id, ranges);
  }
  if (Object.keys(patch).length > 0)
    await call.tx
      .updateTable('physical_networks')
      .set(patch)
      .where('id', '=', network.id)
      .execute();
  return network.id;
}

/** Deletes a physical network with its providers and traffic types; gives its id. 536 while networks or addresses are on it. */
export async function removePhysicalNetwork(call: Call, id: string): Promise<string> {
  const network = await lockPhysicalNetwork(call, { parameter: 'id', id });
  const { rows } = await sql<{ what: string }>`
    select what from (
      select 'network ' || name as what from networks where physical_network_id = ${network.id}
      union all select 'public addresses from ' || first_address from public_ranges where physical_network_id = ${network.id}
      union all select 'storage addresses from ' || s.first_address from storage_ranges s
        join traffic_types t on t.traffic_type = 'Storage' and t.physical_network_id = ${network.id}
        where s.zone_id = ${network.zone_id}
    ) left_on_it limit 1`.execute(call.tx);
  const [left] = rows;
  if (left !== undefined)
    throw new IsolaError('in_use', {
      reason: `The physical network ${network.name} is not deletable because it still has ${left.what}`,
    });
  await call.tx.deleteFrom('physical_networks').where('id', '=', network.id).execute();
  return network.id;
}

function checkedMethod(asked: readonly string[]): PhysicalNetworkRow['isolation_method'] {
  const [method = 'VLAN', other] = asked;
  if (other !== undefined) throw refused('Only one isolation method can be given');
  const name = method.toUpperCase();
  if (name === 'VLAN' || name === 'VXLAN') return name;
  throw refused(`Isolation method ${method} is not supported: VLAN or VXLAN`);
}

function checkedTag(asked: readonly string[]): string[] {
  const tags = asked.map(tag => tag.trim()).filter(tag => tag !== '');
  if (tags.length > 1) throw refused('Only one tag can be given to a physical network');
  return tags;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
