import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import { ownedBy } from '../../access/owned-by.ts';
import type { Call, Handlers, Intent } from '../../http/call.ts';
import { type DetailRow, pageOfDetails } from './list.ts';
import { type DetailedType, detailed, objectsOf, parseDetailed } from './resources.ts';

export const resourceDetailCommands = {
  addResourceDetail: {
    kind: 'job',
    async begin(call, params) {
      const type = detailedType(params.resourcetype);
      const id = await lockedObject(call, type, params.resourceid);
      const display = params.fordisplay ?? true;
      if (!display && detailed[type].kept === 'row')
        throw refused(`Details of ${type} are shown with it: fordisplay=false means nothing there`);
      for (const { key, value } of pairsOf(params.details))
        await (detailed[type].kept === 'row'
          ? sql`update ${sql.table(detailed[type].table)}
              set details = details || jsonb_build_object(${key}::text, ${value}::text) where id = ${id}`.execute(
              call.tx,
            )
          : call.tx
              .insertInto('resource_details')
              .values({ resource_type: type, resource_id: id, key, value, display })
              .onConflict(conflict =>
                conflict
                  .columns(['resource_type', 'resource_id', 'key'])
                  .doUpdateSet({ value, display }),
              )
              .execute());
      return intent;
    },
    result: () => Promise.resolve({ success: true }),
  },

  listResourceDetails: {
    kind: 'sync',
    async run(call, params) {
      const type = detailedType(params.resourcetype);
      const { count, rows } = await pageOfDetails(call, type, params);
      return { count, items: rows.map(row => detailResponse(type, row)) };
    },
  },

  removeResourceDetail: {
    kind: 'job',
    async begin(call, params) {
      const type = detailedType(params.resourcetype);
      const id = await lockedObject(call, type, params.resourceid);
      const { key } = params;
      if (detailed[type].kept === 'row')
        await sql`update ${sql.table(detailed[type].table)}
          set details = ${key === undefined ? sql`'{}'` : sql`details - ${key}::text`} where id = ${id}`.execute(
          call.tx,
        );
      else {
        let query = call.tx
          .deleteFrom('resource_details')
          .where('resource_type', '=', type)
          .where('resource_id', '=', id);
        if (key !== undefined) query = query.where('key', '=', key);
        await query.execute();
      }
      return intent;
    },
    result: () => Promise.resolve({ success: true }),
  },
} satisfies Partial<Handlers>;

const intent: Intent = { object: null, waits: null };

function detailedType(text: string): DetailedType {
  const type = parseDetailed(text);
  if (type !== null) return type;
  throw refused(`Invalid resourcetype ${text}: one of ${Object.keys(detailed).join(', ')}`);
}

/** The object's id; it stays until the transaction ends. 431 when there is none, or nobody has the address. */
async function lockedObject(call: Call, type: DetailedType, id: string): Promise<string> {
  const { rows } = await sql<{ id: string; account_id: string | null; domain_id: string | null }>`
    select id, account_id, domain_id from (${objectsOf(type)}) object where ${identified(id)}`.execute(
    call.tx,
  );
  const object = rows[0];
  const isFree = detailed[type].owner !== 'nobody' && object?.account_id === null;
  if (object === undefined || isFree) throw unknownId(call, { parameter: 'resourceid', id });
  await sql`select 1 from ${sql.table(detailed[type].table)} where id = ${object.id} for key share`.execute(
    call.tx,
  );
  const { account_id, domain_id } = object;
  if (account_id !== null && domain_id !== null) call.concerns({ account_id, domain_id });
  return object.id;
}

function pairsOf(maps: readonly Readonly<Record<string, string>>[]) {
  const pairs = maps.flatMap(map => {
    const { key, value } = map;
    // `details[0].stage=test` says the same as `details[0].key=stage` with its value.
    if (key === undefined)
      return Object.entries(map).map(([name, text]) => ({ key: name, value: text }));
    return [{ key, value: value ?? '' }];
  });
  const bad = pairs.find(({ key, value }) => key === '' || value === '');
  if (bad !== undefined || pairs.length === 0) throw refused('details need a key and a value each');
  return pairs;
}

function detailResponse(type: DetailedType, row: DetailRow) {
  return {
    resourceid: row.resource_id,
    resourcetype: type,
    key: row.key,
    value: row.value,
    ...ownedBy(row),
    ...(row.domain_id === null ? {} : { domainid: row.domain_id }),
    ...(row.domain === null ? {} : { domain: row.domain }),
    ...(row.domain_path === null ? {} : { domainpath: row.domain_path }),
  };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
