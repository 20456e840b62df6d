import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Scope } from './scope.ts';

/** The ids by which a command says for which place it is about a setting. */
export type PlaceParams = {
  readonly [P in (typeof parameters)[number][0]]?: string | undefined;
};

export interface Place {
  readonly scope: Scope;
  readonly id: string;
}

const parameters = [
  ['zoneid', 'zone', 'zones'],
  ['clusterid', 'cluster', 'clusters'],
  ['imagestoreuuid', 'imagestore', 'image_stores'],
  ['imagestoreid', 'imagestore', 'image_stores'],
  ['domainid', 'domain', 'domains'],
  ['accountid', 'account', 'accounts'],
] as const;

/** Column of `scoped_settings` that holds the id of a place. */
export const placeColumns = {
  zone: 'zone_id',
  cluster: 'cluster_id',
  imagestore: 'image_store_id',
  domain: 'domain_id',
  account: 'account_id',
} as const satisfies Record<Scope, string>;

/** The place that is named, `null` for the whole installation. 431 for several, or one that is not there. */
export async function placeOf(call: Call, params: PlaceParams): Promise<Place | null> {
  const named = parameters.filter(([parameter]) => params[parameter] !== undefined);
  if (named.length > 1)
    throw new IsolaError('refused_value', {
      reason: 'cannot handle multiple IDs, provide only one ID corresponding to the scope',
    });
  const [first] = named;
  if (first === undefined) return null;
  const [parameter, scope, table] = first;
  const id = params[parameter] ?? '';
  const { rows } = await sql<{ id: string }>`
    select id from ${sql.table(table)} where ${identified(id)}`.execute(call.tx);
  const [row] = rows;
  if (row === undefined) throw unknownId(call, { parameter, id });
  return { scope, id: row.id };
}
