import { sql } from 'kysely';
import type { AffinityType } from '../../features/affinity-group/types.ts';
import type { Db } from '../../store/database.ts';
import type { Company } from './choose.ts';

interface Row {
  readonly type: AffinityType;
  /** Hosts of the other instances, one entry for each of them. */
  readonly hosts: readonly string[];
}

/**
 * Where the other instances of an instance's affinity groups are, or are on their way to. Those on dead hosts are nowhere. Placements
 * of a zone follow one another, so this stays true until the instance is placed.
 */
export async function readCompany(db: Db, instanceId: string | null): Promise<Company> {
  if (instanceId === null) return nobody;
  const { rows } = await sql<Row>`
    select g.type, array_agg(h.id) as hosts
    from affinity_group_instances mine
    join affinity_groups g on g.id = mine.group_id
    join affinity_group_instances theirs on theirs.group_id = mine.group_id and theirs.instance_id <> mine.instance_id
    join instances i on i.id = theirs.instance_id
    join hosts h on h.id in (i.host_id, i.migration_target) and h.state not in ('Down', 'Removed')
    where mine.instance_id = ${instanceId} group by g.id`.execute(db);
  const of = (type: AffinityType) => rows.filter(row => row.type === type).map(row => row.hosts);
  return {
    apart: of('host anti-affinity').flat(),
    together: of('host affinity'),
    ratherApart: of('non-strict host anti-affinity').flat(),
    ratherTogether: of('non-strict host affinity'),
  };
}

const nobody: Company = { apart: [], together: [], ratherApart: [], ratherTogether: [] };
