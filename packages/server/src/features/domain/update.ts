import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Call } from '../../http/call.ts';
import type { DomainRow } from '../../store/schema.ts';
import { checkedName } from '../user/create.ts';
import { checkedNetworkDomain } from './network-domain.ts';
import { lockTree } from './repository.ts';

interface Change {
  readonly name?: string;
  readonly networkdomain?: string;
}

/** Renames a domain, with the paths of those below it, or changes its network domain. 431 for a name that is taken. */
export async function changeDomain(
  call: Call,
  domain: DomainRow,
  { name, networkdomain }: Change,
): Promise<void> {
  if (networkdomain !== undefined)
    await call.tx
      .updateTable('domains')
      .set({ network_domain: checkedNetworkDomain(networkdomain) })
      .where('id', '=', domain.id)
      .execute();
  if (name !== undefined && name !== domain.name) await rename(call, domain, name);
}

async function rename(call: Call, domain: DomainRow, wanted: string): Promise<void> {
  if (domain.parent_id === null) throw refused('The ROOT domain keeps its name');
  const name = checkedDomainName(wanted);
  const taken = await call.tx
    .selectFrom('domains')
    .select('id')
    .where('parent_id', '=', domain.parent_id)
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .where('id', '<>', domain.id)
    .executeTakeFirst();
  if (taken !== undefined) throw refused(`A domain ${name} already exists beside it`);
  await lockTree(call.tx, domain.path);
  const path = `${domain.path.slice(0, domain.path.lastIndexOf('/'))}/${name}`;
  await sql`update domains set path = ${path} || substr(path, ${domain.path.length + 1}::int)
    where path = ${domain.path} or starts_with(path, ${`${domain.path}/`})`.execute(call.tx);
  await call.tx.updateTable('domains').set({ name }).where('id', '=', domain.id).execute();
}

/** A domain's name is a part of its path. */
export function checkedDomainName(name: string): string {
  if (name.includes('/')) throw refused('name must not contain a slash');
  return checkedName('name', name);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
