import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { NetworkOfferingRow, PhysicalNetworkRow, ZoneRow } from '../../store/schema.ts';

interface Wanted {
  readonly zone: Pick<ZoneRow, 'id' | 'name'>;
  readonly offering: Pick<NetworkOfferingRow, 'name' | 'tags' | 'services'>;
  /** `physicalnetworkid`. */
  readonly id: string | undefined;
}

/**
 * The physical network that a new network is made on: the one that is named, or the zone's only one with guest traffic and the
 * tags of the offering. 431 when there is none or more than one, when it is disabled, or when a provider of the offering is not
 * enabled there.
 */
export async function carrierOf(
  call: Call,
  { zone, offering, id }: Wanted,
): Promise<PhysicalNetworkRow> {
  const carriers = await call.tx
    .selectFrom('physical_networks')
    .innerJoin('traffic_types', 'traffic_types.physical_network_id', 'physical_networks.id')
    .selectAll('physical_networks')
    .where('zone_id', '=', zone.id)
    .where('traffic_type', '=', 'Guest')
    .orderBy('physical_networks.seq')
    .execute();
  const tags = tagsOf(offering.tags);
  const tagged = carriers.filter(carrier => tags.every(tag => carrier.tags.includes(tag)));
  const found =
    id === undefined ? onlyOne(tagged, { zone, tags }) : await named(call, { zone, id, carriers });
  if (!tagged.includes(found))
    throw refused(
      `Physical network ${found.name} has not the tags of network offering ${offering.name}: ${tags.join(', ')}`,
    );
  if (found.state !== 'Enabled') throw refused(`Physical network ${found.name} is not enabled`);
  await insistOnProviders(call, found, offering);
  return found;
}

type Zone = Wanted['zone'];

function onlyOne(
  tagged: readonly PhysicalNetworkRow[],
  { zone, tags }: { readonly zone: Zone; readonly tags: readonly string[] },
): PhysicalNetworkRow {
  const [found, other] = tagged;
  if (found === undefined)
    throw refused(
      tags.length === 0
        ? `Unable to find a physical network with guest traffic in zone ${zone.name}`
        : `Unable to find a physical network that matches the tags ${tags.join(', ')} in zone ${zone.name}`,
    );
  if (other !== undefined)
    throw refused(
      `More than one physical network of zone ${zone.name} would do: give physicalnetworkid, or an offering with tags`,
    );
  return found;
}

async function named(
  call: Call,
  {
    zone,
    id,
    carriers,
  }: { readonly zone: Zone; readonly id: string; readonly carriers: readonly PhysicalNetworkRow[] },
): Promise<PhysicalNetworkRow> {
  const row = await call.tx
    .selectFrom('physical_networks')
    .select(['id', 'name'])
    .where(identified(id))
    .where('zone_id', '=', zone.id)
    .executeTakeFirst();
  if (row === undefined) throw unknownId(call, { parameter: 'physicalnetworkid', id });
  const found = carriers.find(carrier => carrier.id === row.id);
  if (found === undefined) throw refused(`Physical network ${row.name} carries no guest traffic`);
  return found;
}

async function insistOnProviders(
  call: Call,
  physical: PhysicalNetworkRow,
  offering: Wanted['offering'],
): Promise<void> {
  const enabled = await call.tx
    .selectFrom('service_providers')
    .select(['name', 'services'])
    .where('physical_network_id', '=', physical.id)
    .where('state', '=', 'Enabled')
    .execute();
  for (const [service, { provider }] of Object.entries(offering.services)) {
    const found = enabled.find(({ name }) => name === provider);
    if (found === undefined)
      throw refused(
        `Provider ${provider} is either not there or not enabled on physical network ${physical.name}`,
      );
    if (found.services?.includes(service) === false)
      throw refused(
        `Provider ${provider} is not used for service ${service} on physical network ${physical.name}`,
      );
  }
}

/** `tags` of an offering: separated by commas. */
function tagsOf(text: string | null): string[] {
  return (text ?? '').split(',').flatMap(tag => (tag.trim() === '' ? [] : [tag.trim()]));
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
