import { type Expression, type SqlBool, sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import { setting } from '../setting/value.ts';

/**
 * Gives the addresses that the clause finds back. They are free at once, but while `public.ip.address.quarantine.duration` lasts
 * only for the account that had them: others' caches and firewalls still take them for its own.
 */
export async function freeAddresses(tx: Db, which: Expression<SqlBool>): Promise<void> {
  const minutes = await setting(tx, 'public.ip.address.quarantine.duration');
  if (minutes > 0)
    await sql`insert into address_quarantines (address_id, account_id, domain_id, ends)
      select id, account_id, domain_id, now() + ${minutes} * interval '1 minute'
      from public_addresses where ${which} and state in ('Allocated', 'Releasing')`.execute(tx);
  await tx.updateTable('public_addresses').set(freeAddress).where(which).execute();
}

/** Whether nobody but the account may have the address now. */
export function quarantinedFor(accountId: string): Expression<SqlBool> {
  return sql<SqlBool>`exists (select 1 from address_quarantines quarantine
    where quarantine.address_id = public_addresses.id and quarantine.removed is null and quarantine.ends > now()
      and quarantine.account_id is distinct from ${accountId})`;
}

/** Columns of a public address without static NAT. */
export const noStaticNat = { static_nat_nic_id: null, static_nat_address: null } as const;

/** Columns of a public address that belongs to nobody. */
const freeAddress = {
  state: 'Free',
  account_id: null,
  domain_id: null,
  network_id: null,
  is_source_nat: false,
  ...noStaticNat,
  display: true,
  generation: 0,
  allocated: null,
} as const;
