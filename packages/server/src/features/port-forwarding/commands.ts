import type { ResultOf } from '@isola/api';
import { sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { longPageOf } from '../../store/page.ts';
import type { JobRow } from '../../store/schema.ts';
import { beginChange, lockNetwork } from '../network/change.ts';
import { hasTags } from '../tag/filter.ts';
import { createForward } from './create.ts';
import { ownedForward, revokeForwards, selectForwards } from './repository.ts';
import { portForwardingRuleResponse } from './response.ts';
import { updateForward } from './update.ts';

export const portForwardingCommands = {
  createPortForwardingRule: { kind: 'job', begin: createForward, result: jobForward },

  listPortForwardingRules: {
    kind: 'sync',
    async run(call, params) {
      const scope = await listScope(call, params);
      let query = selectForwards(call.tx)
        .where(inScope(scope, 'port_forwarding_rules'))
        .where(hasTags('PortForwardingRule', params.tags));
      if (params.id !== undefined)
        query = query.where(identified(params.id, 'port_forwarding_rules'));
      if (params.ipaddressid !== undefined)
        query = query.where(identified(params.ipaddressid, 'public_addresses'));
      if (params.networkid !== undefined)
        query = query.where(
          sql<boolean>`port_forwarding_rules.network_id in (select id from networks where ${identified(params.networkid)})`,
        );
      if (params.fordisplay !== undefined)
        query = query.where('port_forwarding_rules.display', '=', params.fordisplay);
      if (params.keyword !== undefined)
        query = query.where(containing('instances.name', params.keyword));
      const page = await longPageOf(
        call,
        { query: query.orderBy('port_forwarding_rules.seq'), key: 'port_forwarding_rules.id' },
        params,
      );
      return { count: page.count, items: page.rows.map(portForwardingRuleResponse) };
    },
  },

  updatePortForwardingRule: { kind: 'job', begin: updateForward, result: jobForward },

  deletePortForwardingRule: {
    kind: 'job',
    async begin(call, params) {
      const found = await ownedForward(call, params.id);
      const object = { type: 'PortForwardingRule', id: found.id } as const;
      await lockNetwork(call.tx, found.network_id);
      const rule = await ownedForward(call, params.id);
      if (rule.state === 'Revoke') {
        const { network_id, generation } = rule;
        return { object, waits: { kind: 'network', id: network_id, generation } };
      }
      const change = await beginChange(call.tx, rule.network_id);
      await revokeForwards(call.tx, change, [rule.id]);
      return { object, waits: change.waits };
    },
    result: async () => ({ success: true }),
  },
} satisfies Partial<Handlers>;

/** The port forward that a job made or changed; only its id when it is gone since. */
async function jobForward(db: Db, job: JobRow): Promise<ResultOf<'createPortForwardingRule'>> {
  const id = job.object_id ?? '';
  const row = await selectForwards(db)
    .where('port_forwarding_rules.id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return { id };
  return portForwardingRuleResponse(row);
}
