import { IsolaError } from '@isola/model';
import { visibleDomain } from '../../access/access.ts';
import { accountNamed } from '../../access/account-named.ts';
import type { Call } from '../../http/call.ts';
import type { AccountRow } from '../../store/schema.ts';
import { administeredAccount, requireControl } from './guard.ts';

export interface NamedAccount {
  readonly id?: string;
  readonly account?: string;
  readonly domainid?: string;
}

/** The account of an id, or of a name in a domain, that the caller may administer; locked until the transaction ends. */
export async function namedAccount(call: Call, named: NamedAccount): Promise<AccountRow> {
  const found =
    named.id === undefined ? await byName(call, named) : await administeredAccount(call, named.id);
  await requireControl(call, found);
  return call.tx
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', found.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

async function byName(call: Call, { account: name, domainid }: NamedAccount): Promise<AccountRow> {
  if (name === undefined || domainid === undefined)
    throw refused('Either id or account and domainid must be given');
  const domain = await visibleDomain(call, { parameter: 'domainid', id: domainid });
  return accountNamed(call, name, domain);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
