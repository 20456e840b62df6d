import type { ResultOf } from '@isola/api';
import { cidrOf, formatCidr, ipv4, netmaskOf } from '@isola/model';
import { ownedBy } from '../../access/owned-by.ts';
import type { Db } from '../../store/database.ts';
import type { PublicRangeRow } from '../../store/schema.ts';
import { publicNetworkId } from './public-network.ts';
import { selectRanges } from './repository.ts';

interface ShownRange extends PublicRangeRow {
  readonly account: string | null;
  readonly is_project: boolean | null;
  readonly owner_domain_id: string | null;
  readonly domain: string | null;
  readonly domain_path: string | null;
}

export type RangeEntity = ResultOf<'listVlanIpRanges'>['items'][number];

/** A public range as the API shows it. */
export function rangeResponse(range: ShownRange): RangeEntity {
  const vlan = `vlan://${range.vlan}`;
  return {
    id: range.id,
    zoneid: range.zone_id,
    physicalnetworkid: range.physical_network_id,
    networkid: publicNetworkId(range.zone_id),
    vlan,
    description: vlan,
    gateway: range.gateway,
    netmask: netmaskOf(range.prefix),
    cidr: formatCidr(cidrOf(ipv4(range.gateway), range.prefix)),
    startip: range.first_address,
    endip: range.last_address,
    forvirtualnetwork: true,
    forsystemvms: false,
    ...ownedBy(range),
    ...(range.owner_domain_id === null
      ? {}
      : {
          domainid: range.owner_domain_id,
          domain: range.domain ?? '',
          domainpath: range.domain_path ?? '',
        }),
  };
}

/** The answer of commands that make or change a range. */
export async function showRange(db: Db, id: string): Promise<RangeEntity> {
  return rangeResponse(
    await selectRanges(db).where('public_ranges.id', '=', id).executeTakeFirstOrThrow(),
  );
}
