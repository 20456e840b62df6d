import type { ResultOf } from '@isola/api';
import { ownedBy } from '../../access/owned-by.ts';
import type { ShownAffinityGroup } from './repository.ts';

/** An affinity group as the API shows it. */
export function affinityGroupResponse(
  row: ShownAffinityGroup,
): ResultOf<'listAffinityGroups'>['items'][number] {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    type: row.type,
    ...ownedBy(row),
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domain_path,
    virtualmachineIds: row.instance_ids,
    dedicatedresources: [],
  };
}
