import type { HostFacts } from '@isola/agent-protocol';
import type { Tx } from '../database.ts';

interface Wanted {
  readonly accountId: string;
  readonly zoneId: string;
  readonly facts: HostFacts;
}

/** A public, featured template for each guest image of the host. */
export async function seedTemplates(tx: Tx, { accountId, zoneId, facts }: Wanted): Promise<void> {
  for (const image of facts.templates) {
    const state = {
      image: image.name,
      os_type: image.osType,
      size_bytes: image.sizeBytes,
      checksum: image.checksum,
    };
    await tx
      .insertInto('templates')
      .values({
        ...state,
        account_id: accountId,
        zone_id: zoneId,
        name: image.name,
        display_text: `${image.osType} (${image.name})`,
        hypervisor: facts.hypervisor,
        format: 'TAR',
        type: 'BUILTIN',
        is_featured: true,
        is_public: true,
      })
      .onConflict(conflict => conflict.column('name').doUpdateSet(state))
      .execute();
  }
}
