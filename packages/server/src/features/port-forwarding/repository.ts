import { IsolaError, type PortRange } from '@isola/model';
import { type SelectQueryBuilder, sql } from 'kysely';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { Database, PortForwardingRuleRow } from '../../store/schema.ts';
import type { NetworkChange } from '../network/change.ts';
import type { TagOfOwner } from '../tag/load.ts';
import { tagsColumn } from '../tag/select.ts';

export type ShownForward = PortForwardingRuleRow & {
  readonly address: string;
  /** Where it leads to. */
  readonly target_address: string;
  readonly instance_id: string;
  readonly instance_name: string;
  readonly instance_display_name: string;
  readonly tags: readonly TagOfOwner[] | null;
};

type Joined = 'port_forwarding_rules' | 'public_addresses' | 'nics' | 'instances';

/** All port forwards; callers add conditions and order. The joins are outer ones for `longPageOf`. */
export function selectForwards(db: Db): SelectQueryBuilder<Database, Joined, ShownForward> {
  return db
    .selectFrom('port_forwarding_rules')
    .leftJoin('public_addresses', 'public_addresses.id', 'port_forwarding_rules.public_address_id')
    .leftJoin('nics', 'nics.id', 'port_forwarding_rules.nic_id')
    .leftJoin('instances', 'instances.id', 'nics.instance_id')
    .selectAll('port_forwarding_rules')
    .select([
      'public_addresses.address',
      sql<string>`coalesce(port_forwarding_rules.guest_address, nics.address)`.as('target_address'),
      'instances.id as instance_id',
      'instances.name as instance_name',
      'instances.display_name as instance_display_name',
      tagsColumn('PortForwardingRule'),
    ])
    .$castTo<ShownForward>();
}

/** A port forward that the caller may act on. 431 when there is none of that id, 531 when it is a stranger's. */
export async function ownedForward(call: Call, id: string): Promise<PortForwardingRuleRow> {
  const rule = await call.tx
    .selectFrom('port_forwarding_rules')
    .selectAll()
    .where(identified(id))
    .executeTakeFirst();
  if (rule === undefined) throw unknownId(call, { parameter: 'id', id });
  await requireOwner(call, rule, `port forwarding rule ${rule.id}`);
  return rule;
}

interface PublicPorts {
  readonly addressId: string;
  readonly protocol: 'tcp' | 'udp';
  readonly ports: PortRange;
}

/**
 * Refuses (537) public ports that another port forward of the address has. The network must be locked. Standing ranges do not
 * overlap each other, so only the last one that begins before the end of the new one can be in the way.
 */
export async function refuseOverlap(
  tx: Db,
  { addressId, protocol, ports }: PublicPorts,
): Promise<void> {
  const other = await tx
    .selectFrom('port_forwarding_rules')
    .select(['id', 'public_first', 'public_last'])
    .where('public_address_id', '=', addressId)
    .where('protocol', '=', protocol)
    .where('state', '<>', 'Revoke')
    .where('public_first', '<=', ports.last)
    .orderBy('public_first', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (other !== undefined && other.public_last >= ports.first)
    throw new IsolaError('rule_conflict', {
      reason: `The range specified, ${ports.first}-${ports.last}, conflicts with rule ${other.id} which has ${other.public_first}-${other.public_last}`,
    });
}

/** Takes port forwards away, with the firewall rules that came with them: at once where there is no router, else when it has let go. */
export async function revokeForwards(
  tx: Db,
  change: Pick<NetworkChange, 'live' | 'generation'>,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  if (!change.live) {
    await tx
      .deleteFrom('firewall_rules')
      .where('port_forward_id', 'in', [...ids])
      .execute();
    await tx
      .deleteFrom('port_forwarding_rules')
      .where('id', 'in', [...ids])
      .execute();
    return;
  }
  const revoked = { state: 'Revoke', generation: change.generation } as const;
  await tx
    .updateTable('firewall_rules')
    .set(revoked)
    .where('port_forward_id', 'in', [...ids])
    .execute();
  await tx
    .updateTable('port_forwarding_rules')
    .set(revoked)
    .where('id', 'in', [...ids])
    .execute();
}
