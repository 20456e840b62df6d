import { defaultOfferings } from '../../features/network-offering/defaults.ts';
import type { Tx } from '../database.ts';
import type { NewRow } from '../schema.ts';

const serviceOfferings: readonly NewRow<'service_offerings'>[] = [
  offering('Small Instance', { cpu: 1, mhz: 500, memory: 512 }),
  offering('Medium Instance', { cpu: 1, mhz: 1000, memory: 1024 }),
  {
    ...offering('System Offering For Software Router', { cpu: 1, mhz: 500, memory: 256 }),
    is_system: true,
    system_vm_type: 'domainrouter',
  },
];

/** Offerings that scripts expect by name. What an administrator changed in one that exists stays. */
export async function seedOfferings(tx: Tx): Promise<void> {
  for (const row of serviceOfferings) {
    const found = await tx
      .selectFrom('service_offerings')
      .select('id')
      .where('name', '=', row.name)
      .where('is_default', '=', true)
      .executeTakeFirst();
    if (found === undefined) await tx.insertInto('service_offerings').values(row).execute();
  }
  await tx
    .insertInto('network_offerings')
    .values([...defaultOfferings])
    .onConflict(conflict => conflict.column('name').doNothing())
    .execute();
}

function offering(
  name: string,
  size: { cpu: number; mhz: number; memory: number },
): NewRow<'service_offerings'> {
  return {
    name,
    display_text: name,
    cpu_number: size.cpu,
    cpu_speed: size.mhz,
    memory_mib: size.memory,
    network_rate: null,
    host_tags: null,
    system_vm_type: null,
    is_default: true,
  };
}
