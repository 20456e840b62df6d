import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { ZoneRow } from '../../store/schema.ts';

/** The zone that `zoneid` names; without one, the only zone that there is. 431 when there is none or more than one. */
export async function onlyZone(call: Call, id: string | undefined): Promise<ZoneRow> {
  let query = call.tx.selectFrom('zones').selectAll().limit(2);
  if (id !== undefined) query = query.where(identified(id));
  const [zone, other] = await query.execute();
  if (zone === undefined) throw unknownId(call, { parameter: 'zoneid', id: id ?? '' });
  if (other !== undefined)
    throw new IsolaError('refused_value', { reason: 'There are several zones: give zoneid' });
  return zone;
}
