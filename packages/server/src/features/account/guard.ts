import { IsolaError } from '@isola/model';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { AccountRow } from '../../store/schema.ts';

/** Refuses (531) a caller who may not administer the account. Nobody touches an administrator of a higher kind. */
export async function requireAdministered(
  call: Call,
  account: Pick<AccountRow, 'id' | 'domain_id' | 'name' | 'role'>,
): Promise<void> {
  await requireOwner(
    call,
    { account_id: account.id, domain_id: account.domain_id },
    `account ${account.name}`,
  );
  if (account.role === 'Root Admin') requireRoot(call, `account ${account.name}`);
  if (account.role === 'Domain Admin' && call.caller.account.role === 'Resource Admin')
    throw new IsolaError('not_permitted', {
      reason: `Account ${call.caller.account.name} does not have permission to operate on account ${account.name}`,
    });
}

/** Refuses (531) everyone but root administrators. */
export function requireRoot(call: Call, what: string): void {
  const { account } = call.caller;
  if (account.role === 'Root Admin') return;
  throw new IsolaError('not_permitted', {
    reason: `Account ${account.name} does not have permission to operate on ${what}`,
  });
}

/** The account of an id that the caller may administer. */
export async function administeredAccount(call: Call, id: string): Promise<AccountRow> {
  const account = await call.tx
    .selectFrom('accounts')
    .selectAll()
    .where(identified(id))
    .where('is_project', '=', false)
    .where('state', '<>', 'removed')
    .executeTakeFirst();
  if (account === undefined) throw unknownId(call, { parameter: 'id', id });
  await requireAdministered(call, account);
  return account;
}
