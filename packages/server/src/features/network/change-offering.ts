import { IsolaError } from '@isola/model';
import type { Call, Waits } from '../../http/call.ts';
import type { NetworkOfferingRow, NetworkRow } from '../../store/schema.ts';
import { revokeRule } from '../firewall/repository.ts';
import type { ServiceName } from '../network-offering/services.ts';
import { revokeForwards } from '../port-forwarding/repository.ts';
import { noStaticNat } from '../public-address/free.ts';
import type { NetworkChange } from './change.ts';
import { usableOffering } from './create.ts';
import { raiseGeneration } from './generation.ts';
import { offeringOf } from './repository.ts';

interface Wanted {
  readonly offeringId: string;
  /** Rules of services that the new offering lacks are deleted instead of being in the way. */
  readonly forced: boolean;
}

/** Gives a network another offering. 431 when the two do not fit, 536 when rules need a service that the new one lacks. */
export async function changeOffering(
  call: Call,
  change: NetworkChange,
  wanted: Wanted,
): Promise<Waits | null> {
  const { network } = change;
  const domain = await call.tx
    .selectFrom('domains')
    .selectAll()
    .where('id', '=', network.domain_id)
    .executeTakeFirstOrThrow();
  const next = await usableOffering(call, wanted.offeringId, {
    zone: { id: network.zone_id },
    owner: { domain },
  });
  const previous = await offeringOf(call.tx, network);
  if (next.id === previous.id) return change.waits;
  refuseMisfit({ previous, next, live: change.live });
  await dropServices(call, change, { previous, next, forced: wanted.forced });
  await call.tx
    .updateTable('networks')
    .set({ offering_id: next.id })
    .where('id', '=', network.id)
    .execute();
  return next.is_persistent && !change.live ? implement(call, network) : change.waits;
}

interface Pair {
  readonly previous: NetworkOfferingRow;
  readonly next: NetworkOfferingRow;
}

function refuseMisfit({ previous, next, live }: Pair & { live: boolean }): void {
  if (previous.guest_ip_type !== next.guest_ip_type)
    throw refused(
      `Network offering ${next.name} is for ${next.guest_ip_type} networks, and this one is ${previous.guest_ip_type}: where its addresses and its gateway come from never changes`,
    );
  if (previous.specify_vlan !== next.specify_vlan)
    throw refused(
      `Network offerings ${previous.name} and ${next.name} differ in specifyvlan; a network cannot change it`,
    );
  const publicSide = (offering: NetworkOfferingRow) => offering.services.SourceNat !== undefined;
  if (publicSide(previous) === publicSide(next)) return;
  if (publicSide(previous))
    throw refused(`Network offering ${next.name} has no SourceNat; a network cannot give it up`);
  if (live)
    throw refused(
      `Network offering ${next.name} adds SourceNat; a network takes it only while it is not implemented`,
    );
}

/** Refuses, or with `forced` deletes, the rules of services that only the previous offering has. */
async function dropServices(
  call: Call,
  change: NetworkChange,
  { previous, next, forced }: Pair & { forced: boolean },
): Promise<void> {
  const lost = (name: ServiceName) =>
    previous.services[name] !== undefined && next.services[name] === undefined;
  const standing = { networkId: change.network.id, forced };
  if (lost('PortForwarding')) {
    const ids = await standingIds(call, 'port_forwarding_rules', standing);
    await revokeForwards(call.tx, change, ids);
  }
  if (lost('Firewall')) {
    for (const id of await standingIds(call, 'firewall_rules', standing))
      await revokeRule(call.tx, change, id);
  }
  if (!lost('StaticNat')) return;
  const addresses = await call.tx
    .updateTable('public_addresses')
    .set({ ...noStaticNat, generation: change.generation })
    .where('network_id', '=', change.network.id)
    .where('static_nat_nic_id', 'is not', null)
    .returning('id')
    .execute();
  if (addresses.length > 0 && !forced) throw inTheWay('static NAT');
}

/** Rules of a network; refuses (536) any without `forced`. */
async function standingIds(
  call: Call,
  table: 'firewall_rules' | 'port_forwarding_rules',
  { networkId, forced }: { networkId: string; forced: boolean },
): Promise<string[]> {
  const rows = await call.tx
    .selectFrom(table)
    .select('id')
    .where('network_id', '=', networkId)
    .where('state', '<>', 'Revoke')
    .execute();
  if (rows.length > 0 && !forced)
    throw inTheWay(table === 'firewall_rules' ? 'firewall rules' : 'port forwarding rules');
  return rows.map(row => row.id);
}

/** A persistent network runs without instances. */
async function implement(call: Call, network: NetworkRow): Promise<Waits> {
  const generation = await raiseGeneration(call.tx, network.id);
  await call.tx
    .updateTable('networks')
    .set({ desired_state: 'Implemented' })
    .where('id', '=', network.id)
    .execute();
  return { kind: 'network', id: network.id, generation };
}

function inTheWay(what: string): IsolaError {
  return new IsolaError('in_use', {
    reason: `The network has ${what}, and the new offering lacks the service; delete them or use forced=true`,
  });
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
