import { type Migration, Migrator } from 'kysely';
import type { Db } from './database.ts';
import * as firstNetwork from './migrations/0001-first-network.ts';
import * as hosts from './migrations/0002-hosts.ts';
import * as roles from './migrations/0003-roles.ts';
import * as resourceLimits from './migrations/0004-resource-limits.ts';
import * as listIndexes from './migrations/0005-list-indexes.ts';
import * as infrastructure from './migrations/0006-infrastructure.ts';
import * as projects from './migrations/0007-projects.ts';
import * as governance from './migrations/0008-governance.ts';
import * as networks from './migrations/0009-networks.ts';
import * as compute from './migrations/0010-compute.ts';
import * as volumeUsage from './migrations/0011-volume-usage.ts';
import * as annotations from './migrations/0012-annotations.ts';
import * as releasesAndSeeds from './migrations/0013-releases-and-seeds.ts';
import * as tenantBounds from './migrations/0014-tenant-bounds.ts';
import * as filterIndexes from './migrations/0016-filter-indexes.ts';
import * as tagsOfAZone from './migrations/0017-tags-of-a-zone.ts';
import * as notesAboutMore from './migrations/0020-notes-about-more.ts';
import * as publicReach from './migrations/0021-public-reach.ts';
import * as updatesInPlace from './migrations/0022-updates-in-place.ts';

const migrations: Record<string, Migration> = {
  '0001-first-network': firstNetwork,
  '0002-hosts': hosts,
  '0003-roles': roles,
  '0004-resource-limits': resourceLimits,
  '0005-list-indexes': listIndexes,
  '0006-infrastructure': infrastructure,
  '0007-projects': projects,
  '0008-governance': governance,
  '0009-networks': networks,
  '0010-compute': compute,
  '0011-volume-usage': volumeUsage,
  '0012-annotations': annotations,
  '0013-releases-and-seeds': releasesAndSeeds,
  '0014-tenant-bounds': tenantBounds,
  '0016-filter-indexes': filterIndexes,
  '0017-tags-of-a-zone': tagsOfAZone,
  '0020-notes-about-more': notesAboutMore,
  '0021-public-reach': publicReach,
  '0022-updates-in-place': updatesInPlace,
};

/** Brings the schema up to date. Safe when several servers start at once. Throws the first failed migration's error. */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
