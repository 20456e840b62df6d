import { derivedId } from '../../store/derived-id.ts';

/** Of zones that were asked for; there are few. */
const known = new Map<string, string>();

/** The id of a zone's public network, which has no row of its own. */
export function publicNetworkId(zoneId: string): string {
  const id = known.get(zoneId) ?? derivedId('publicnetwork', zoneId);
  known.set(zoneId, id);
  return id;
}
