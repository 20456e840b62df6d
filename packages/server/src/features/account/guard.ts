import { IsolaError } from '@isola/model';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { AccountRow } from '../../store/schema.ts';
import { beyondCaller } from '../role/grant.ts';

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

/**
 * As `requireAdministered`, for what gives power over the account: its users, their keys and passwords, its state. 531 also when
 * its role may call what the caller's may not: nobody takes over more than he has.
 */
export async function requireControl(
  call: Call,
  account: Pick<AccountRow, 'id' | 'domain_id' | 'name' | 'role' | 'role_id'>,
): Promise<void> {
  await requireAdministered(call, account);
  if (account.role_id === call.caller.role.id) return;
  const beyond = await beyondCaller(call, account.role_id);
  if (beyond === undefined) return;
  throw new IsolaError('not_permitted', {
    reason: `Account ${account.name} may call ${beyond}, which account ${call.caller.account.name} may not`,
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
