import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import type { Jobs } from '../../jobs/complete.ts';
import type { Db } from '../../store/database.ts';
import { freeAddresses } from '../public-address/free.ts';

/** What has to converge until an account is gone. */
export interface Leaving {
  readonly instances: readonly string[];
  readonly networks: readonly string[];
}

/**
 * Marks an account as removed: its users go at once, its instances and networks are to be expunged and destroyed. Call in a
 * transaction, and wake what it returns; `null` when somebody else removed the account already.
 */
export async function removeAccount(tx: Db, accountId: string): Promise<Leaving | null> {
  // A create command that holds its owner's row (`ownerOf`) ends first; one that comes later finds no owner.
  const held = await tx
    .selectFrom('accounts')
    .select('id')
    .where('id', '=', accountId)
    .where('state', '<>', 'removed')
    .forUpdate()
    .executeTakeFirst();
  if (held === undefined) return null;
  await tx.updateTable('accounts').set({ state: 'removed' }).where('id', '=', accountId).execute();
  await tx.deleteFrom('users').where('account_id', '=', accountId).execute();
  await tx.deleteFrom('project_members').where('account_id', '=', accountId).execute();
  const instances = await tx
    .updateTable('instances')
    .set(eb => ({ desired_state: 'Expunged', forced: true, generation: eb('generation', '+', 1) }))
    .where('account_id', '=', accountId)
    .where('desired_state', '<>', 'Expunged')
    .returning('id')
    .execute();
  const networks = await tx
    .updateTable('networks')
    .set(eb => ({ desired_state: 'Destroyed', generation: eb('generation', '+', 1) }))
    .where('account_id', '=', accountId)
    .where('desired_state', '<>', 'Destroyed')
    .returning('id')
    .execute();
  await freeAddresses(tx, sql<SqlBool>`account_id = ${accountId} and state = 'Reserved'`);
  await dropTemplates(tx, accountId);
  return { instances: instances.map(row => row.id), networks: networks.map(row => row.id) };
}

/** What is removed together. */
interface Leavers {
  readonly accounts: readonly string[];
  /** Domains whose own networks go too. */
  readonly domains: readonly string[];
}

/** Refuses (536) to remove accounts and domains while instances of others are in their networks, which would never be empty. */
export async function refuseLentNetworks(tx: Db, { accounts, domains }: Leavers): Promise<void> {
  const lent = await tx
    .selectFrom('networks')
    .innerJoin('nics', 'nics.network_id', 'networks.id')
    .innerJoin('instances', 'instances.id', 'nics.instance_id')
    .select(['networks.name', 'instances.name as instance'])
    .where(
      sql<SqlBool>`(networks.account_id = any(${[...accounts]}::uuid[])
        or networks.acl_type = 'Domain' and networks.domain_id = any(${[...domains]}::uuid[]))`,
    )
    .where(sql<SqlBool>`instances.account_id <> all(${[...accounts]}::uuid[])`)
    .limit(1)
    .executeTakeFirst();
  if (lent !== undefined)
    throw new IsolaError('in_use', {
      reason: `Instance ${lent.instance} of another account is in network ${lent.name}`,
    });
}

/**
 * An account's templates are deleted, but must not keep it: instances of others may stand on them. An administrator inherits them,
 * if possible one who is enabled.
 */
async function dropTemplates(tx: Db, accountId: string): Promise<void> {
  const heir = tx
    .selectFrom('accounts')
    .select('id')
    .where('role', '=', 'Root Admin')
    .where('state', '<>', 'removed')
    .where('id', '<>', accountId)
    .orderBy(sql`state <> 'enabled'`)
    .orderBy('seq')
    .limit(1);
  await tx
    .updateTable('templates')
    .set({ state: 'Inactive' })
    .where('account_id', '=', accountId)
    .where('type', '=', 'USER')
    .execute();
  await tx
    .updateTable('templates')
    .set({ account_id: heir })
    .where('account_id', '=', accountId)
    .execute();
}

/** Job of `deleteAccount` and `deleteDomain`: waits for the account or domain at this generation. */
export const removalGeneration = 1;

/**
 * Deletes the accounts and domains that are marked and own nothing any more, and ends the jobs that wait for them. Call in each
 * transaction that deleted a network or instance or released an address. Returns the ids of what is gone.
 */
export async function finishRemovals(tx: Db, jobs: Pick<Jobs, 'complete'>): Promise<string[]> {
  const gone = [...(await removeEmptyAccounts(tx)), ...(await removeEmptyDomains(tx))];
  for (const id of gone) await jobs.complete(tx, id, removalGeneration);
  return gone;
}

/** As `finishRemovals`, for the command that has just marked these accounts and domains: nobody waits for them yet. */
export async function removeNow(tx: Db, marked: readonly string[]): Promise<string[]> {
  return [...(await removeEmptyAccounts(tx, marked)), ...(await removeEmptyDomains(tx, marked))];
}

async function removeEmptyAccounts(tx: Db, only?: readonly string[]): Promise<string[]> {
  // Locked, so that of two transactions that take away the last two things, the second sees what the first did.
  let query = tx
    .selectFrom('accounts')
    .select('id')
    .where('state', '=', 'removed')
    .orderBy('seq')
    .forUpdate();
  if (only !== undefined) query = query.where('id', 'in', [...only]);
  const gone: string[] = [];
  for (const { id } of await query.execute()) {
    if (await ownsSomething(tx, id)) continue;
    await tx.deleteFrom('accounts').where('id', '=', id).execute();
    gone.push(id);
  }
  return gone;
}

async function ownsSomething(tx: Db, accountId: string): Promise<boolean> {
  for (const table of ['instances', 'networks', 'public_addresses'] as const) {
    const row = await tx
      .selectFrom(table)
      .select('id')
      .where('account_id', '=', accountId)
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) return true;
  }
  return false;
}

/** Leaves first, until a round finds none. */
async function removeEmptyDomains(tx: Db, only?: readonly string[]): Promise<string[]> {
  // Locked before it is looked what is in them, as accounts are: two networks of a domain may go at once.
  let leaving = tx
    .selectFrom('domains')
    .select('id')
    .where('state', '=', 'Inactive')
    .orderBy('seq')
    .forUpdate();
  if (only !== undefined) leaving = leaving.where('id', 'in', [...only]);
  const held = (await leaving.execute()).map(row => row.id);
  const gone: string[] = [];
  while (gone.length < held.length) {
    const empty = await tx
      .deleteFrom('domains')
      .where('id', 'in', held)
      .where(
        sql<SqlBool>`not exists (select 1 from domains child where child.parent_id = domains.id)`,
      )
      .where(
        sql<SqlBool>`not exists (select 1 from accounts where accounts.domain_id = domains.id)`,
      )
      .where(
        sql<SqlBool>`not exists (select 1 from networks where networks.domain_id = domains.id)`,
      )
      .returning('id')
      .execute();
    if (empty.length === 0) break;
    gone.push(...empty.map(row => row.id));
  }
  return gone;
}
