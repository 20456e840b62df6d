import type { Call } from '../../http/call.ts';
import type { AccountRow, DomainRow, InstanceRow, ZoneRow } from '../../store/schema.ts';

/** Whose an instance is, and where. */
export async function homeOf(
  call: Call,
  instance: Pick<InstanceRow, 'account_id' | 'domain_id' | 'zone_id'>,
): Promise<{
  readonly owner: { readonly account: AccountRow; readonly domain: DomainRow };
  readonly zone: ZoneRow;
}> {
  const { tx } = call;
  const account = await tx
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', instance.account_id)
    .executeTakeFirstOrThrow();
  const domain = await tx
    .selectFrom('domains')
    .selectAll()
    .where('id', '=', instance.domain_id)
    .executeTakeFirstOrThrow();
  const zone = await tx
    .selectFrom('zones')
    .selectAll()
    .where('id', '=', instance.zone_id)
    .executeTakeFirstOrThrow();
  return { owner: { account, domain }, zone };
}
