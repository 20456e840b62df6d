import type { Db } from '../../store/database.ts';
import type { AccountRow } from '../../store/schema.ts';
import { loadAffinityGroups } from '../affinity-group/repository.ts';
import { loadNics } from '../nic/repository.ts';
import { loadTags } from '../tag/load.ts';
import { type ShownInstance, selectInstances } from './repository.ts';
import { type DetailPart, detailParts, type InstanceEntity, instanceResponse } from './response.ts';
import { loadTraffic } from './traffic.ts';

interface View {
  readonly viewer: AccountRow['role'];
  readonly parts: ReadonlySet<DetailPart>;
  readonly withUserData?: boolean;
}

/** Instances as the API shows them, in this order; one query for each kind of thing that belongs to them. */
export async function showInstances(
  db: Db,
  rows: readonly ShownInstance[],
  { viewer, parts, withUserData = false }: View,
): Promise<InstanceEntity[]> {
  const ids = rows.map(row => row.id);
  const nics = await loadNics(db, ids);
  const tags = await loadTags(db, 'UserVm', ids);
  const groups = await loadAffinityGroups(db, parts.has('affgrp') ? ids : []);
  const traffic = await loadTraffic(db, parts.has('stats') ? rows : []);
  return rows.map(row =>
    instanceResponse(row, {
      nics: nics.get(row.id) ?? [],
      tags: tags.get(row.id) ?? [],
      affinityGroups: groups.get(row.id) ?? [],
      viewer,
      parts,
      withUserData,
      traffic: traffic.get(row.id),
    }),
  );
}

/** One instance with all that belongs to it; only its id when it is gone. */
export async function showInstance(
  db: Db,
  id: string,
  viewer: AccountRow['role'],
): Promise<InstanceEntity> {
  const row = await selectInstances(db).where('instances.id', '=', id).executeTakeFirst();
  if (row === undefined) return { id };
  const [shown] = await showInstances(db, [row], { viewer, parts: new Set(detailParts) });
  return shown ?? { id };
}
