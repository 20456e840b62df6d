import type { HostFacts } from '@isola/agent-protocol';
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

interface Wanted {
  readonly accountId: string;
  readonly zoneId: string;
  readonly facts: HostFacts;
}

/** A public, featured template for each guest image that the host made itself, and the system template of its routers. */
export async function seedTemplates(tx: Tx, { accountId, zoneId, facts }: Wanted): Promise<void> {
  if (facts.images === null) return;
  const { router, templates } = facts.images;
  const system = { ...router, sizeBytes: 0, osType: 'Debian GNU/Linux 13 (64-bit)', system: true };
  for (const image of [...templates.map(one => ({ ...one, system: false })), system]) {
    const state = {
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
        format: 'ROOTFS',
        type: image.system ? 'SYSTEM' : 'BUILTIN',
        is_featured: !image.system,
        is_public: !image.system,
      })
      .onConflict(conflict =>
        conflict
          .columns(['zone_id', 'name', 'hypervisor'])
          // Without parameters: the plan that is kept of a frequent statement must know the index.
          .where(sql<boolean>`type in ('BUILTIN', 'SYSTEM') and state = 'Active'`)
          .doUpdateSet(state),
      )
      .execute();
  }
}
