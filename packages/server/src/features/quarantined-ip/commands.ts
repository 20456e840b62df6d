import type { ResultOf } from '@isola/api';
import { formatIpv4, IsolaError, ipv4 } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { AddressQuarantineRow } from '../../store/schema.ts';

export const quarantinedIpCommands = {
  listQuarantinedIps: {
    kind: 'sync',
    async run(call, params) {
      let query = selectQuarantines(call.tx)
        .where(ofDomainsOf(call))
        .orderBy('address_quarantines.seq');
      if (params.showremoved !== true)
        query = query.where('address_quarantines.removed', 'is', null);
      if (params.showinactive !== true)
        query = query.where(sql<SqlBool>`address_quarantines.ends > now()`);
      if (params.keyword !== undefined)
        query = query.where(containing('public_addresses.address', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(quarantineResponse) };
    },
  },

  updateQuarantinedIp: {
    kind: 'sync',
    async run(call, params) {
      const { id } = await lockCurrent(call, params);
      if (params.enddate <= new Date())
        throw refused(`enddate ${params.enddate.toISOString()} is not in the future`);
      await call.tx
        .updateTable('address_quarantines')
        .set({ ends: params.enddate })
        .where('id', '=', id)
        .execute();
      return shown(call, id);
    },
  },

  removeQuarantinedIp: {
    kind: 'sync',
    async run(call, params) {
      const { id } = await lockCurrent(call, params);
      await call.tx
        .updateTable('address_quarantines')
        .set({
          removed: new Date(),
          removal_reason: params.removalreason,
          remover_id: call.caller.account.id,
        })
        .where('id', '=', id)
        .execute();
      return shown(call, id);
    },
  },
} satisfies Partial<Handlers>;

type Shown = AddressQuarantineRow & {
  readonly address: string;
  readonly owner_name: string | null;
};

function selectQuarantines(db: Db) {
  return db
    .selectFrom('address_quarantines')
    .innerJoin('public_addresses', 'public_addresses.id', 'address_quarantines.address_id')
    .leftJoin('accounts', 'accounts.id', 'address_quarantines.account_id')
    .selectAll('address_quarantines')
    .select(['public_addresses.address', 'accounts.name as owner_name']);
}

/** Those whose account before is in the caller's domain or below it. */
function ofDomainsOf(call: Call): Expression<SqlBool> {
  const { account, domain } = call.caller;
  if (account.role === 'Root Admin') return sql<SqlBool>`true`;
  return sql<SqlBool>`address_quarantines.domain_id in
    (select id from domains where path = ${domain.path} or starts_with(path, ${`${domain.path}/`}))`;
}

interface Named {
  readonly id?: string;
  readonly ipaddress?: string;
}

/** The quarantine that lasts, by its id or address. 431 when there is none (for the caller). */
async function lockCurrent(call: Call, { id, ipaddress }: Named): Promise<AddressQuarantineRow> {
  if (id === undefined && ipaddress === undefined) throw refused('id or ipaddress must be given');
  let query = call.tx
    .selectFrom('address_quarantines')
    .selectAll()
    .where('removed', 'is', null)
    .where(sql<SqlBool>`ends > now()`)
    .where(ofDomainsOf(call))
    .orderBy('seq', 'desc');
  if (id !== undefined) query = query.where(identified(id));
  if (ipaddress !== undefined) {
    const text = formatIpv4(ipv4(ipaddress));
    query = query.where(
      sql<SqlBool>`address_id in (select id from public_addresses where address = ${text})`,
    );
  }
  const rows = await query.forUpdate().execute();
  if (new Set(rows.map(row => row.address_id)).size > 1)
    throw refused(`Several zones have the public address ${ipaddress ?? ''}: give the id`);
  const [found] = rows;
  if (found !== undefined) return found;
  throw unknownId(
    call,
    id === undefined ? { parameter: 'ipaddress', id: ipaddress ?? '' } : { parameter: 'id', id },
  );
}

async function shown(call: Call, id: string): Promise<ResultOf<'updateQuarantinedIp'>> {
  const row = await selectQuarantines(call.tx)
    .where('address_quarantines.id', '=', id)
    .executeTakeFirstOrThrow();
  return quarantineResponse(row);
}

function quarantineResponse(row: Shown): ResultOf<'updateQuarantinedIp'> {
  return {
    id: row.id,
    ipaddress: row.address,
    created: row.created,
    enddate: row.ends,
    previousownerid: row.account_id ?? undefined,
    previousownername: row.owner_name ?? undefined,
    removed: row.removed ?? undefined,
    removalreason: row.removal_reason ?? undefined,
    removeraccountid: row.remover_id ?? undefined,
  };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
