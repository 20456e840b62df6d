import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { ownerOf } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import { isolationMethods } from '../network/segment-uri.ts';
import { lockPhysicalNetwork, tagRangesOf } from '../physical-network/repository.ts';
import { formatTagRange, parseRange, type TagRange } from '../physical-network/tag-ranges.ts';

/**
 * Sets tags of a physical network aside for an account; gives the id. Tags that touch or overlap those that the account has
 * there make them wider. 431 for tags that the physical network does not give out, or that others have.
 */
export async function dedicateVlans(
  call: Call,
  params: ParamsOf<'dedicateGuestVlanRange'>,
): Promise<string> {
  if (params.account === undefined && params.projectid === undefined)
    throw refused('account and domainid, or projectid, must be given');
  const { account, domain } = await ownerOf(call, params);
  const network = await lockPhysicalNetwork(call, {
    parameter: 'physicalnetworkid',
    id: params.physicalnetworkid,
  });
  const asked = parseRange(params.vlanrange.trim(), network.isolation_method);
  const { what } = isolationMethods[network.isolation_method];
  const holds = (outer: TagRange) => outer.first <= asked.first && asked.last <= outer.last;
  if (!(await tagRangesOf(call.tx, network.id)).some(holds))
    throw refused(
      `${what}s ${formatTagRange(asked)} are not in the ranges of physical network ${network.name}`,
    );
  await refuseForeignNetworks(call, { asked, accountId: account.id, physicalId: network.id });
  const near = await call.tx
    .selectFrom('dedicated_vlan_ranges')
    .selectAll()
    .where('physical_network_id', '=', network.id)
    .where('first_tag', '<=', asked.last + 1)
    .where('last_tag', '>=', asked.first - 1)
    .execute();
  const foreign = near.find(
    range =>
      range.account_id !== account.id &&
      range.first_tag <= asked.last &&
      range.last_tag >= asked.first,
  );
  if (foreign !== undefined)
    throw refused(
      `${what}s ${formatTagRange({ first: foreign.first_tag, last: foreign.last_tag })} are set aside for another account`,
    );
  const own = near.filter(range => range.account_id === account.id);
  for (const { id } of own)
    await call.tx.deleteFrom('dedicated_vlan_ranges').where('id', '=', id).execute();
  const [kept] = own;
  const { id } = await call.tx
    .insertInto('dedicated_vlan_ranges')
    .values({
      ...(kept === undefined ? {} : { id: kept.id }),
      physical_network_id: network.id,
      account_id: account.id,
      domain_id: domain.id,
      first_tag: Math.min(asked.first, ...own.map(range => range.first_tag)),
      last_tag: Math.max(asked.last, ...own.map(range => range.last_tag)),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

interface Wish {
  readonly asked: TagRange;
  readonly accountId: string;
  readonly physicalId: string;
}

async function refuseForeignNetworks(
  call: Call,
  { asked, accountId, physicalId }: Wish,
): Promise<void> {
  const foreign = await call.tx
    .selectFrom('vlan_tags')
    .innerJoin('networks', 'networks.id', 'vlan_tags.network_id')
    .select('vlan_tags.tag')
    .where('vlan_tags.physical_network_id', '=', physicalId)
    .where('vlan_tags.tag', '>=', asked.first)
    .where('vlan_tags.tag', '<=', asked.last)
    .where('networks.account_id', '<>', accountId)
    .limit(1)
    .executeTakeFirst();
  if (foreign !== undefined)
    throw refused(`A network of another account has ${foreign.tag} of these tags`);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
