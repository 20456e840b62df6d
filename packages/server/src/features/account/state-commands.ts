import { IsolaError } from '@isola/model';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { AccountRow } from '../../store/schema.ts';
import { type NamedAccount, namedAccount } from './named.ts';
import { selectAccounts } from './repository.ts';
import { accountResponses, isDefaultAccount } from './response.ts';

/** Commands that let an account's users call, or not. */
export const accountStateCommands = {
  enableAccount: {
    kind: 'sync',
    run: async (call, params) => shown(call.tx, call, await setState(call, params, 'enabled')),
  },

  lockAccount: {
    kind: 'sync',
    run: async (call, params) => shown(call.tx, call, await setState(call, params, 'locked')),
  },

  disableAccount: {
    kind: 'job',
    async begin(call, params) {
      const id = await setState(call, params, params.lock ? 'locked' : 'disabled');
      if (!params.lock) await stopInstances(call, id);
      return { object: { type: 'Account', id }, waits: null };
    },
    async result(db, job) {
      const row = await selectAccounts(db)
        .where('accounts.id', '=', job.object_id)
        .executeTakeFirstOrThrow();
      const domain = await db
        .selectFrom('domains')
        .selectAll()
        .where('id', '=', job.domain_id)
        .executeTakeFirstOrThrow();
      const [account = {}] = await accountResponses(db, [row], { caller: domain, counts: true });
      return account;
    },
  },
} satisfies Partial<Handlers>;

async function setState(
  call: Call,
  named: NamedAccount,
  state: Exclude<AccountRow['state'], 'removed'>,
): Promise<string> {
  const account = await namedAccount(call, named);
  if (state !== 'enabled') await requireLockable(call, account);
  await call.tx.updateTable('accounts').set({ state }).where('id', '=', account.id).execute();
  return account.id;
}

/** Somebody must be left who can undo it. */
async function requireLockable(call: Call, account: AccountRow): Promise<void> {
  const row = await selectAccounts(call.tx)
    .where('accounts.id', '=', account.id)
    .executeTakeFirstOrThrow();
  if (!isDefaultAccount(row) && account.id !== call.caller.account.id) return;
  throw new IsolaError('refused_value', {
    reason: `The account ${account.name} is a default account or makes this call, and stays enabled`,
  });
}

/** Asks for everything that runs of the account's to stop. */
export async function stopInstances(call: Call, accountId: string): Promise<void> {
  const stopped = await call.tx
    .updateTable('instances')
    .set(eb => ({ desired_state: 'Stopped', forced: false, generation: eb('generation', '+', 1) }))
    .where('account_id', '=', accountId)
    .where('desired_state', '=', 'Running')
    .returning('id')
    .execute();
  for (const { id } of stopped) call.wake('instance', id);
}

async function shown(db: Db, call: Call, id: string) {
  const row = await selectAccounts(db).where('accounts.id', '=', id).executeTakeFirstOrThrow();
  const wanted = { caller: call.caller.domain, counts: true };
  const [account = {}] = await accountResponses(db, [row], wanted);
  return account;
}
