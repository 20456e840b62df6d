import type { HypervisorKind } from '@isola/agent-protocol';
import type { Db } from '../database.ts';
import type { TemplateFormat } from '../schema.ts';

/** A template that the installation brings along, as a file below the folder from which may be imported. */
export interface BuiltInTemplate {
  readonly name: string;
  readonly displayText: string;
  /** `SYSTEM`: routers are made of it. */
  readonly type: 'SYSTEM' | 'BUILTIN';
  readonly hypervisor: HypervisorKind;
  readonly format: Exclude<TemplateFormat, 'ROOTFS'>;
  readonly osType: string;
  /** Absolute path of the file. */
  readonly file: string;
  /** SHA-256 in hex. */
  readonly checksum: string;
}

interface Wanted {
  readonly accountId: string;
  readonly zoneId: string;
  readonly templates: readonly BuiltInTemplate[];
}

/** As `addBuiltInTemplates`, in a transaction of its own. */
export async function seedBuiltInTemplates(db: Db, wanted: Wanted): Promise<void> {
  await db.transaction().execute(tx => addBuiltInTemplates(tx, wanted));
}

/**
 * Registers the installation's own templates in the zone's first store. One with another content takes the place of the one
 * before, which goes when no disk stands on it any more. What could not be imported earlier is tried again.
 */
export async function addBuiltInTemplates(tx: Db, wanted: Wanted): Promise<void> {
  if (wanted.templates.length === 0) return;
  const store = await tx
    .selectFrom('image_stores')
    .select('id')
    .where('zone_id', '=', wanted.zoneId)
    .where('is_readonly', '=', false)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  if (store === undefined) return;
  for (const template of wanted.templates)
    await seedOne(tx, { ...wanted, template, storeId: store.id });
}

async function seedOne(
  tx: Db,
  { accountId, zoneId, template, storeId }: Wanted & { template: BuiltInTemplate; storeId: string },
): Promise<void> {
  const { name, hypervisor, type, file, checksum } = template;
  const present = await tx
    .selectFrom('templates')
    .select(['id', 'expected_checksum'])
    .where('zone_id', '=', zoneId)
    .where('name', '=', name)
    .where('hypervisor', '=', hypervisor)
    .where('type', 'in', ['BUILTIN', 'SYSTEM'])
    .where('state', '=', 'Active')
    .forUpdate()
    .executeTakeFirst();
  const url = `file://${file}`;
  if (present?.expected_checksum === checksum) {
    await tx.updateTable('templates').set({ url }).where('id', '=', present.id).execute();
    await tx
      .updateTable('template_stores')
      .set({ download_state: 'NOT_DOWNLOADED', state: 'Creating', error: null })
      .where('template_id', '=', present.id)
      .where('download_state', '=', 'DOWNLOAD_ERROR')
      .execute();
    return;
  }
  if (present !== undefined)
    await tx
      .updateTable('templates')
      .set({ state: 'Inactive' })
      .where('id', '=', present.id)
      .execute();
  const { id } = await tx
    .insertInto('templates')
    .values({
      account_id: accountId,
      zone_id: zoneId,
      name,
      display_text: template.displayText,
      hypervisor,
      format: template.format,
      os_type: template.osType,
      type,
      size_bytes: 0,
      checksum: '',
      expected_checksum: checksum,
      is_featured: type === 'BUILTIN',
      is_public: type === 'BUILTIN',
      url,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx.insertInto('template_stores').values({ template_id: id, store_id: storeId }).execute();
}
