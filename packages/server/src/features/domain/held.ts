import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { DomainRow } from '../../store/schema.ts';

/** Keeps a domain from being deleted until the transaction ends, for what is made inside it. 431 when it is being deleted. */
export async function heldDomain(call: Call, domain: DomainRow): Promise<void> {
  const kept = await call.tx
    .selectFrom('domains')
    .select('id')
    .where('id', '=', domain.id)
    .where('state', '=', 'Active')
    .forKeyShare()
    .executeTakeFirst();
  if (kept !== undefined) return;
  throw new IsolaError('refused_value', { reason: `Domain ${domain.name} is being deleted` });
}
