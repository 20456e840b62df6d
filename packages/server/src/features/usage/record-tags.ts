import type { Db } from '../../store/database.ts';
import { usageTypes } from '../../usage/types.ts';
import { loadTags, type TagEntity } from '../tag/load.ts';
import type { TaggableType } from '../tag/resources.ts';
import type { ShownRecord } from './list.ts';

const taggedAs = new Map<number, TaggableType>([
  [usageTypes.RUNNING_VM.id, 'UserVm'],
  [usageTypes.ALLOCATED_VM.id, 'UserVm'],
  [usageTypes.IP_ADDRESS.id, 'PublicIpAddress'],
  [usageTypes.NETWORK_BYTES_SENT.id, 'Network'],
  [usageTypes.NETWORK_BYTES_RECEIVED.id, 'Network'],
  [usageTypes.VOLUME.id, 'Volume'],
  [usageTypes.PORT_FORWARDING_RULE.id, 'PortForwardingRule'],
]);

/** The tags of what records are about, by its id: one query for each kind. */
export async function tagsOfRecords(
  db: Db,
  records: readonly ShownRecord[],
): Promise<ReadonlyMap<string, readonly TagEntity[]>> {
  const all = new Map<string, readonly TagEntity[]>();
  for (const kind of new Set(taggedAs.values())) {
    const ids = records.filter(record => taggedAs.get(record.type) === kind);
    const tags = await loadTags(db, kind, [...new Set(ids.map(record => record.resource_id))]);
    for (const [id, list] of tags) all.set(id, list);
  }
  return all;
}
