import type { Jobs } from '../../jobs/complete.ts';
import type { Db } from '../../store/database.ts';

/** What has to converge until an account is gone. */
export interface Leaving {
  readonly instances: readonly string[];
  readonly networks: readonly string[];
}

/**
 * Marks an account as removed: its users go at once, its instances and networks are to be expunged and destroyed. The rows that
 * `finishRemovals` takes away go when those are gone. Call in a transaction, and wake what it returns.
 */
export async function removeAccount(tx: Db, accountId: string): Promise<Leaving> {
  // A create command that holds its owner's row (`ownerOf`) ends first; one that comes later finds no owner.
  await tx.selectFrom('accounts').select('id').where('id', '=', accountId).forUpdate().execute();
  await tx.updateTable('accounts').set({ state: 'removed' }).where('id', '=', accountId).execute();
  await tx.deleteFrom('users').where('account_id', '=', accountId).execute();
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
  return { instances: instances.map(row => row.id), networks: networks.map(row => row.id) };
}

/** Job of `deleteAccount` and `deleteDomain`: waits for the account or domain at this generation. */
export const removalGeneration = 1;

/**
 * Deletes the accounts and domains that are marked and own nothing any more, and ends the jobs that wait for them. Call in each
 * transaction that deleted a network or instance or released an address. Returns the ids of what is gone.
 */
export async function finishRemovals(tx: Db, jobs: Pick<Jobs, 'complete'>): Promise<string[]> {
  const gone: string[] = [];
  // Locked, so that of two transactions that take away the last two things, the second sees what the first did.
  const marked = await tx
    .selectFrom('accounts')
    .select('id')
    .where('state', '=', 'removed')
    .orderBy('seq')
    .forUpdate()
    .execute();
  for (const { id } of marked) {
    if (await ownsSomething(tx, id)) continue;
    await tx.deleteFrom('accounts').where('id', '=', id).execute();
    gone.push(id);
  }
  gone.push(...(await removeEmptyDomains(tx)));
  for (const id of gone) await jobs.complete(tx, id, removalGeneration);
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
async function removeEmptyDomains(tx: Db): Promise<string[]> {
  const gone: string[] = [];
  for (;;) {
    const marked = await tx
      .selectFrom('domains')
      .select('id')
      .where('state', '=', 'Inactive')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('domains as child')
              .select('child.id')
              .whereRef('child.parent_id', '=', 'domains.id'),
          ),
        ),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('accounts')
              .select('accounts.id')
              .whereRef('accounts.domain_id', '=', 'domains.id'),
          ),
        ),
      )
      .orderBy('seq')
      .forUpdate()
      .execute();
    if (marked.length === 0) return gone;
    const ids = marked.map(row => row.id);
    await tx.deleteFrom('domains').where('id', 'in', ids).execute();
    gone.push(...ids);
  }
}
