import { type SqlBool, sql } from 'kysely';
import { identified } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';

export const alertCommands = {
  listAlerts: {
    kind: 'sync',
    async run(call, params) {
      let query = call.tx
        .selectFrom('alerts')
        .selectAll('alerts')
        .where('alerts.resolved', 'is', null)
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
} satisfies Partial<Handlers>;
