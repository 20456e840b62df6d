import type { PortRange } from '@isola/model';
import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import { refuseConflict } from '../firewall/conflict.ts';
import { insertRule } from '../firewall/repository.ts';
import type { AddressChange } from '../public-address/change.ts';

interface Opening {
  readonly forwardId: string;
  readonly protocol: 'tcp' | 'udp';
  readonly ports: PortRange;
}

const everywhere = '0.0.0.0/0';

/** Lets everybody in to the ports of a new port forward, unless a rule does so already. Nothing to do without the Firewall service. */
export async function openFirewall(tx: Db, change: AddressChange, opening: Opening): Promise<void> {
  if (change.offering.services.Firewall === undefined) return;
  const { protocol, ports } = opening;
  if (await isOpen(tx, change.address.id, opening)) return;
  const rule = {
    protocol,
    first_port: ports.first,
    last_port: ports.last,
    icmp_type: null,
    icmp_code: null,
    network_id: change.network.id,
    public_address_id: change.address.id,
    sources: [everywhere],
    destinations: [],
    display: true,
    port_forward_id: opening.forwardId,
  };
  await refuseConflict(tx, rule);
  await insertRule(tx, change, rule);
}

async function isOpen(
  tx: Db,
  addressId: string,
  { protocol, ports }: Pick<Opening, 'protocol' | 'ports'>,
): Promise<boolean> {
  const open = sql`public_address_id = ${addressId} and state <> 'Revoke' and protocol = ${protocol}
    and ${everywhere} = any(sources)`;
  const { rows } = await sql`
    (select 1 from firewall_rules where ${open} and first_port = last_port
      and first_port = ${ports.first} and ${ports.first === ports.last} limit 1)
    union all
    (select 1 from firewall_rules where ${open} and first_port <> last_port
      and first_port <= ${ports.first} and last_port >= ${ports.last} limit 1)
    union all
    (select 1 from firewall_rules where ${open} and first_port is null limit 1)`.execute(tx);
  return rows.length > 0;
}
