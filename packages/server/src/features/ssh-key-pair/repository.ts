import type { Db } from '../../store/database.ts';
import type { AccountRow, DomainRow, SshKeyPairRow } from '../../store/schema.ts';
import type { PublicKey } from './public-key.ts';

export interface OwnedKeyPair extends SshKeyPairRow {
  readonly account: string;
  readonly is_project: boolean;
  readonly domain: string;
  readonly domain_path: string;
}

/** Key pairs with the names of their owner. */
export function selectKeyPairs(db: Db) {
  return db
    .selectFrom('ssh_key_pairs')
    .innerJoin('accounts', 'accounts.id', 'ssh_key_pairs.account_id')
    .innerJoin('domains', 'domains.id', 'ssh_key_pairs.domain_id')
    .selectAll('ssh_key_pairs')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
    ]);
}

interface NewKeyPair {
  readonly owner: { readonly account: AccountRow; readonly domain: DomainRow };
  readonly name: string;
  readonly key: PublicKey;
}

/** Stores a key pair; `undefined` when the account has one of that name. */
export async function insertKeyPair(
  tx: Db,
  { owner, name, key }: NewKeyPair,
): Promise<OwnedKeyPair | undefined> {
  const row = await tx
    .insertInto('ssh_key_pairs')
    .values({
      account_id: owner.account.id,
      domain_id: owner.domain.id,
      name,
      fingerprint: key.fingerprint,
      public_key: key.line,
    })
    .onConflict(conflict => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { account, domain } = owner;
  return {
    ...row,
    account: account.name,
    is_project: account.is_project,
    domain: domain.name,
    domain_path: domain.path,
  };
}
