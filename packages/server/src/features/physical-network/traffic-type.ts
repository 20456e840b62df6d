import { IsolaError } from '@isola/model';
import type { Db } from '../../store/database.ts';
import type { TrafficType } from '../../store/schema.ts';

export const trafficTypes: readonly TrafficType[] = ['Management', 'Guest', 'Public', 'Storage'];

interface NewTrafficType {
  readonly physicalNetworkId: string;
  readonly type: TrafficType;
  /** Interface or bridge on the hosts; `null` is each host's own choice. */
  readonly label?: string | null;
  readonly vlan?: string | null;
}

/** Has a physical network carry a kind of traffic; gives its id. 431 where it, or for all but guest traffic its zone, does already. */
export async function insertTrafficType(
  tx: Db,
  { physicalNetworkId, type, label = null, vlan = null }: NewTrafficType,
): Promise<string> {
  const network = await tx
    .selectFrom('physical_networks')
    .innerJoin('zones', 'zones.id', 'physical_networks.zone_id')
    .selectAll('physical_networks')
    .select('zones.name as zone')
    .where('physical_networks.id', '=', physicalNetworkId)
    .executeTakeFirstOrThrow();
  const carriers = await tx
    .selectFrom('traffic_types')
    .innerJoin('physical_networks', 'physical_networks.id', 'traffic_types.physical_network_id')
    .select(['physical_networks.id', 'physical_networks.name'])
    .where('physical_networks.zone_id', '=', network.zone_id)
    .where('traffic_type', '=', type)
    .execute();
  if (carriers.some(({ id }) => id === physicalNetworkId))
    throw refused(`Physical network ${network.name} carries ${type} traffic already`);
  const [other] = carriers;
  if (type !== 'Guest' && other !== undefined)
    throw refused(
      `Zone ${network.zone} has a physical network with ${type} traffic already: ${other.name}`,
    );
  const { id } = await tx
    .insertInto('traffic_types')
    .values({
      physical_network_id: physicalNetworkId,
      traffic_type: type,
      label: type === 'Guest' ? null : label,
      vlan,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (type === 'Guest') await setGuestLabel(tx, physicalNetworkId, label);
  return id;
}

/** Which interface carries guest traffic: segments that are made from now on use it. */
export async function setGuestLabel(tx: Db, id: string, label: string | null): Promise<void> {
  await tx
    .updateTable('physical_networks')
    .set({ guest_label: label })
    .where('id', '=', id)
    .execute();
}

const labelPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/;

/** A name that an interface of a Linux system can have. 431 for another. */
export function checkedLabel(text: string): string {
  if (labelPattern.test(text)) return text;
  throw refused(`kvmnetworklabel ${text} is not the name of an interface`);
}

/** The kind of traffic that a text names. 431 for another. */
export function checkedTrafficType(text: string): TrafficType {
  const type = trafficTypes.find(one => one.toLowerCase() === text.toLowerCase());
  if (type === undefined)
    throw refused(`traffictype ${text} is not one of ${trafficTypes.join(', ')}`);
  return type;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
