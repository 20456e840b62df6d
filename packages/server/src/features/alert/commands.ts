import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import { alertTypes } from '../../events/alert-types.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { chosen, requireAll } from './choice.ts';

const types = Object.entries(alertTypes).map(([name, type]) => ({ name, type }));
const columns = { table: 'alerts', time: 'sent' } as const;

export const alertCommands = {
  listAlerts: {
    kind: 'sync',
    async run(call, params) {
      let query = call.tx
        .selectFrom('alerts')
        .selectAll('alerts')
        .where('alerts.archived', '=', false)
        .orderBy('alerts.seq', 'desc');
      if (params.id !== undefined) query = query.where(identified(params.id, 'alerts'));
      if (params.name !== undefined) query = query.where('alerts.name', '=', params.name);
      if (params.type !== undefined)
        query = query.where(sql<SqlBool>`alerts.type::text = ${params.type}`);
      if (params.keyword !== undefined)
        query = query.where(containing('alerts.description', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return {
        count,
        items: rows.map(row => ({
          id: row.id,
          name: row.name,
          type: row.type,
          description: row.description,
          sent: row.sent,
        })),
      };
    },
  },
  listAlertTypes: {
    kind: 'sync',
    run: () => Promise.resolve({ count: types.length, items: types }),
  },
  archiveAlerts: {
    kind: 'sync',
    async run(call, params) {
      let change = call.tx.updateTable('alerts').set({ archived: true });
      for (const filter of chosen(params, columns)) change = change.where(filter);
      const { numUpdatedRows } = await change.executeTakeFirstOrThrow();
      requireAll(params, Number(numUpdatedRows), 'archive Alerts');
      return { success: true };
    },
  },
  deleteAlerts: {
    kind: 'sync',
    async run(call, params) {
      let removal = call.tx.deleteFrom('alerts');
      for (const filter of chosen(params, columns)) removal = removal.where(filter);
      const { numDeletedRows } = await removal.executeTakeFirstOrThrow();
      requireAll(params, Number(numDeletedRows), 'delete Alerts');
      return { success: true };
    },
  },
  generateAlert: {
    kind: 'job',
    async begin(call, params) {
      const known = types.find(({ type }) => type === params.type);
      if (known !== undefined && known.name !== params.name.toUpperCase())
        throw new IsolaError('refused_value', {
          reason: `There is a default alert having type ${known.type} and name ${known.name}`,
        });
      await call.tx
        .insertInto('alerts')
        .values({
          type: params.type,
          name: params.name,
          description: params.description,
          subject_id: await existing(call, 'pods', { parameter: 'podid', id: params.podid }),
          zone_id: await existing(call, 'zones', { parameter: 'zoneid', id: params.zoneid }),
        })
        .execute();
      return { object: null, waits: null };
    },
    result: () => Promise.resolve({ success: true }),
  },
} satisfies Partial<Handlers>;

interface Named {
  readonly parameter: string;
  readonly id: string | undefined;
}

async function existing(
  call: Call,
  table: 'zones' | 'pods',
  { parameter, id }: Named,
): Promise<string | null> {
  if (id === undefined) return null;
  const row = await call.tx
    .selectFrom(table)
    .select('id')
    .where(identified(id, table))
    .executeTakeFirst();
  if (row === undefined) throw unknownId(call, { parameter, id });
  return row.id;
}
