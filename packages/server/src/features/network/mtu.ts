import { IsolaError } from '@isola/model';
import { raiseAlert, resolveAlerts } from '../../events/alert.ts';
import type { AlertName } from '../../events/alert-types.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { NetworkRow } from '../../store/schema.ts';
import { settingAt } from '../setting/value.ts';

/** What interfaces send with every network, in bytes: nobody needs a right for it. */
const usual = 1500;
/** What VXLAN puts around a packet of a guest: the outer headers and the frame's own. */
export const vxlanOverhead = 50;

/** Largest packets on both sides of a network's router, in bytes. */
interface Mtus {
  readonly publicmtu: number;
  readonly privatemtu: number;
}

type Asked = { readonly [Side in keyof Mtus]?: Mtus[Side] | undefined };
type Place = Pick<NetworkRow, 'zone_id' | 'physical_network_id'>;
type Network = Place & Pick<NetworkRow, 'id' | 'name'>;

/** The most that networks of a physical network may have: the settings' maximum, and what every host can carry. */
export async function largestMtus(db: Db, place: Place): Promise<Mtus> {
  const carried = await carriedByHosts(db, place);
  const zone = { scope: 'zone', id: place.zone_id } as const;
  const privateMaximum = await settingAt(db, 'vr.private.interface.max.mtu', zone);
  return {
    publicmtu: await settingAt(db, 'vr.public.interface.max.mtu', zone),
    privatemtu: carried === null ? privateMaximum : Math.min(privateMaximum, carried),
  };
}

export interface ZoneMtus extends Mtus {
  readonly usersMayChoose: boolean;
}

/** The most that networks of a zone may have: of its physical networks, the one that carries most. */
export async function zoneMtus(db: Db, zoneId: string): Promise<ZoneMtus> {
  const physical = await db
    .selectFrom('physical_networks')
    .select('id')
    .where('zone_id', '=', zoneId)
    .execute();
  let privatemtu = 0;
  for (const { id } of physical) {
    const mtus = await largestMtus(db, { zone_id: zoneId, physical_network_id: id });
    privatemtu = Math.max(privatemtu, mtus.privatemtu);
  }
  const zone = { scope: 'zone', id: zoneId } as const;
  return {
    publicmtu: await settingAt(db, 'vr.public.interface.max.mtu', zone),
    privatemtu: privatemtu || (await settingAt(db, 'vr.private.interface.max.mtu', zone)),
    usersMayChoose: (await settingAt(db, 'allow.end.users.to.specify.vr.mtu', zone)) === 1,
  };
}

/** `null` when no host says: one machine, or an interface by label, which only the host that makes it looks at. */
async function carriedByHosts(
  db: Db,
  { zone_id, physical_network_id }: Place,
): Promise<number | null> {
  const physical = await db
    .selectFrom('physical_networks')
    .select(['isolation_method', 'guest_label'])
    .where('id', '=', physical_network_id)
    .executeTakeFirstOrThrow();
  const overlay = physical.isolation_method === 'VXLAN';
  if (!overlay && physical.guest_label !== null) return null;
  const column = overlay ? 'underlay_mtu' : 'guest_mtu';
  const { least } = await db
    .selectFrom('hosts')
    .select(eb => eb.fn.min(column).as('least'))
    .where('zone_id', '=', zone_id)
    .where('state', '<>', 'Removed')
    // A host whose interface is gone has an alert of its own.
    .where(column, '>', overlay ? vxlanOverhead : 0)
    .executeTakeFirstOrThrow();
  if (least === null) return null;
  return overlay ? least - vxlanOverhead : least;
}

/**
 * The MTUs of a new network: those asked for, as far as they fit; the largest possible otherwise. Refuses (531) what somebody
 * chooses who may not: routers share the public segment.
 */
export async function chosenMtus(call: Call, asked: Asked, network: Network): Promise<Mtus> {
  const largest = await largestMtus(call.tx, network);
  return { ...largest, ...(await fitted(call, asked, { network, largest })) };
}

/** What a change of a network's MTUs comes to; refuses what `chosenMtus` does. */
export async function changedMtus(
  call: Call,
  asked: Asked,
  network: Network,
): Promise<Partial<Mtus>> {
  if (asked.publicmtu === undefined && asked.privatemtu === undefined) return {};
  return fitted(call, asked, { network, largest: await largestMtus(call.tx, network) });
}

interface Bounds {
  readonly network: Network;
  readonly largest: Mtus;
}

/** As CloudStack does, takes the largest possible for what is larger, and raises an alert. */
async function fitted(
  call: Call,
  asked: Asked,
  { network, largest }: Bounds,
): Promise<Partial<Mtus>> {
  const free = await mayChoose(call, network.zone_id);
  const given: { -readonly [Side in keyof Mtus]?: Mtus[Side] } = {};
  for (const side of ['publicmtu', 'privatemtu'] as const) {
    const wish = asked[side];
    if (wish === undefined) continue;
    if (!free) {
      requireUsual(wish, largest[side]);
      continue;
    }
    given[side] = Math.min(wish, largest[side]);
    await resolveAlerts(call.tx, alertNames[side], network.id);
    // The usual value is sent without a thought.
    if (wish <= largest[side] || wish === usual) continue;
    await raiseAlert(call.tx, {
      name: alertNames[side],
      description: `Network ${network.name} was to have ${side} ${wish} and has ${largest[side]}, the most that the settings and the hosts of its zone allow`,
      subjectId: network.id,
      zoneId: network.zone_id,
    });
  }
  return given;
}

async function mayChoose(call: Call, zoneId: string): Promise<boolean> {
  if (call.caller.account.role === 'Root Admin') return true;
  const zone = { scope: 'zone', id: zoneId } as const;
  return (await settingAt(call.tx, 'allow.end.users.to.specify.vr.mtu', zone)) === 1;
}

function requireUsual(wish: number, largest: number): void {
  if (wish === usual || wish === largest) return;
  throw new IsolaError('not_permitted', {
    reason: 'Only the root administrator may choose the MTU of a network',
  });
}

const alertNames = {
  publicmtu: 'ALERT.VR.PUBLIC.IFACE.MTU',
  privatemtu: 'ALERT.VR.PRIVATE.IFACE.MTU',
} as const satisfies Record<keyof Mtus, AlertName>;
