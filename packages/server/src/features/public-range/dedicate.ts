import { IsolaError } from '@isola/model';
import { ownerOf, visibleDomain } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { PublicRangeRow } from '../../store/schema.ts';

interface Asked {
  readonly account?: string | undefined;
  readonly domainid?: string | undefined;
  readonly projectid?: string | undefined;
}

type Owner = Pick<PublicRangeRow, 'account_id' | 'domain_id'>;

/** The account or project, or the domain, that parameters name; 431 for an account without its domain. */
export async function askedOwner(call: Call, asked: Asked): Promise<Owner> {
  if (asked.account !== undefined || asked.projectid !== undefined) {
    const { account } = await ownerOf(call, asked);
    return { account_id: account.id, domain_id: null };
  }
  if (asked.domainid === undefined) return { account_id: null, domain_id: null };
  const domain = await visibleDomain(call, { parameter: 'domainid', id: asked.domainid });
  return { account_id: null, domain_id: domain.id };
}

/** Sets a range aside. 431 when it is already, or another has addresses of it. */
export async function dedicateRange(
  call: Call,
  range: PublicRangeRow,
  owner: Owner,
): Promise<void> {
  if (range.account_id !== null || range.domain_id !== null)
    throw refused(
      `The public addresses ${range.first_address}-${range.last_address} are set aside already: release them first`,
    );
  // Locks them: nobody takes one meanwhile.
  const addresses = await call.tx
    .selectFrom('public_addresses')
    .select(['address', 'account_id', 'domain_id', 'state'])
    .where('range_id', '=', range.id)
    .orderBy('seq')
    .forUpdate()
    .execute();
  const foreign = addresses.find(
    ({ state, account_id, domain_id }) =>
      state !== 'Free' &&
      (owner.account_id === null ? domain_id !== owner.domain_id : account_id !== owner.account_id),
  );
  if (foreign !== undefined)
    throw refused(`Public address ${foreign.address} of the range belongs to another account`);
  await call.tx.updateTable('public_ranges').set(owner).where('id', '=', range.id).execute();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
