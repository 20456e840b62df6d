import type { HostFacts } from '@isola/agent-protocol';
import { raiseAlert, resolveAlerts } from '../../events/alert.ts';
import { vxlanOverhead } from '../../features/network/mtu.ts';
import type { NetworkRow } from '../../store/schema.ts';
import type { Convergence } from '../convergence.ts';
import { networksOn } from '../segments/carriers.ts';

const alert = 'ALERT.VR.PRIVATE.IFACE.MTU';

/**
 * Takes over how large packets a host can carry now, and raises an alert while that is too little for a network that it carries;
 * closed when it is enough again.
 */
export async function checkLargestPackets(ctx: Convergence, hostId: string): Promise<void> {
  const facts = await ctx.fleet.of(hostId).facts();
  const host = await ctx.db
    .updateTable('hosts')
    .set({ underlay_mtu: facts.underlay?.mtu ?? null, guest_mtu: facts.guestMtu })
    .where('id', '=', hostId)
    .returning(['name', 'zone_id'])
    .executeTakeFirst();
  if (host === undefined) return;
  const worst = await worstOn(ctx, hostId, facts);
  await ctx.db.transaction().execute(async tx => {
    const description = worst === null ? null : describe(host.name, worst);
    const open = await tx
      .selectFrom('alerts')
      .select('description')
      .where('name', '=', alert)
      .where('subject_id', '=', hostId)
      .where('resolved', 'is', null)
      .execute();
    if (open.some(one => one.description !== description)) await resolveAlerts(tx, alert, hostId);
    if (description !== null)
      await raiseAlert(tx, {
        name: alert,
        description,
        subjectId: hostId,
        zoneId: host.zone_id,
      });
  });
}

interface Shortage {
  readonly network: Pick<NetworkRow, 'name' | 'private_mtu'>;
  readonly link: 'underlay' | 'interface for VLANs';
  readonly mtu: number;
  readonly needed: number;
}

/** The network on the host that lacks most. */
async function worstOn(
  ctx: Convergence,
  hostId: string,
  facts: HostFacts,
): Promise<Shortage | null> {
  const physical = await ctx.db
    .selectFrom('physical_networks')
    .select(['id', 'isolation_method', 'guest_label'])
    .execute();
  let worst: Shortage | null = null;
  for (const network of await networksOn(ctx.db, hostId)) {
    const place = physical.find(one => one.id === network.physical_network_id);
    if (place === undefined) continue;
    const shortage =
      place.isolation_method === 'VXLAN'
        ? underlayShortage(network, facts)
        : interfaceShortage(network, place.guest_label === null ? facts.guestMtu : null);
    if (shortage === null || shortage.mtu >= shortage.needed) continue;
    if (worst === null || shortage.needed > worst.needed) worst = shortage;
  }
  return worst;
}

function underlayShortage(network: NetworkRow, { underlay }: HostFacts): Shortage | null {
  if (underlay === null) return null;
  const needed = network.private_mtu + vxlanOverhead;
  return { network, link: 'underlay', mtu: underlay.mtu, needed };
}

function interfaceShortage(network: NetworkRow, mtu: number | null): Shortage | null {
  if (mtu === null) return null;
  return { network, link: 'interface for VLANs', mtu, needed: network.private_mtu };
}

function describe(host: string, { network, link, mtu, needed }: Shortage): string {
  const has = mtu === 0 ? 'cannot carry anything' : `has MTU ${mtu}`;
  return `The ${link} of host ${host} ${has}, and network ${network.name} with MTU ${network.private_mtu} needs ${needed}: raise it there and on its switches, or lower that of the network`;
}
