import type { ResultOf } from '@isola/api';
import type { Capacity } from './host-capacity.ts';

export type CapacityEntity = ResultOf<'listCapacity'>['items'][number];

/** A capacity as the API shows it, of the place that `where` names. */
export function capacityResponse(capacity: Capacity, where: CapacityEntity): CapacityEntity {
  const { type, name, total, allocated, used } = capacity;
  return {
    ...where,
    type,
    name,
    capacitytotal: total,
    capacityallocated: allocated,
    capacityused: used,
    percentused: total === 0 ? '0' : ((100 * used) / total).toFixed(2),
  };
}
