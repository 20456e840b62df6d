import type { ParamsOf, ResultOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { identified, namedOwner, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { RowPatch } from '../../store/schema.ts';
import { ownedInstance } from '../instance/repository.ts';
import { stateOf } from '../service-offering/change.ts';
import { domainIds, idsOf, offeredTo, offeredWhere, zoneIds } from '../service-offering/places.ts';
import { checkedName } from '../user/create.ts';

type Entity = ResultOf<'createDiskOffering'>;

export const diskOfferingCommands = {
  createDiskOffering: {
    kind: 'sync',
    async run(call, params) {
      const customized = params.customized ?? params.disksize === undefined;
      if (customized === (params.disksize !== undefined))
        throw refused('Give disksize, or customized=true: one of them');
      const { id } = await call.tx
        .insertInto('disk_offerings')
        .values({
          name: checkedName('name', params.name),
          display_text: params.displaytext ?? params.name,
          size_gib: params.disksize ?? null,
          storage_type: params.storagetype?.toLowerCase() ?? 'shared',
          tags: params.tags ?? null,
          display: params.displayoffering ?? true,
          domain_ids: await domainIds(call, params.domainid ?? []),
          zone_ids: await zoneIds(call, params.zoneid ?? []),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return shown(call, id);
    },
  },

  updateDiskOffering: {
    kind: 'sync',
    async run(call, params) {
      const id = await standing(call, params.id);
      const patch = await patchOf(call, params);
      if (Object.keys(patch).length > 0)
        await call.tx.updateTable('disk_offerings').set(patch).where('id', '=', id).execute();
      return shown(call, id);
    },
  },

  deleteDiskOffering: {
    kind: 'sync',
    async run(call, params) {
      const id = await standing(call, params.id);
      await call.tx.deleteFrom('disk_offerings').where('id', '=', id).execute();
      return { success: true };
    },
  },

  listDiskOfferings: {
    kind: 'sync',
    async run(call, params) {
      let query = selectDiskOfferings(call.tx)
        .orderBy('disk_offerings.sort_key')
        .orderBy('disk_offerings.seq');
      for (const filter of await offeredWhere(call, params, 'disk_offerings'))
        query = query.where(filter);
      if (params.account !== undefined || (params.projectid ?? '-1') !== '-1') {
        const { domain } = await namedOwner(call, params);
        query = query.where(offeredTo(domain.path, 'disk_offerings'));
      }
      if (params.virtualmachineid !== undefined) {
        const named = { parameter: 'virtualmachineid', id: params.virtualmachineid };
        const instance = await ownedInstance(call, named);
        query = query.where(sql<SqlBool>`(disk_offerings.zone_ids = '{}'
          or ${instance.zone_id} = any(disk_offerings.zone_ids))`);
      }
      if (call.caller.account.role === 'User')
        query = query.where('disk_offerings.display', '=', true);
      const state = params.state?.toLowerCase() ?? 'active';
      if (state !== 'all')
        query = query.where(sql<SqlBool>`lower(disk_offerings.state) = ${state}`);
      // No offering is of one storage pool or one volume, and none is encrypted.
      if (
        params.encrypt === true ||
        params.storageid !== undefined ||
        params.volumeid !== undefined
      )
        query = query.where(sql<SqlBool>`false`);
      if (params.storagetype !== undefined)
        query = query.where('disk_offerings.storage_type', '=', params.storagetype.toLowerCase());
      if (params.id !== undefined) query = query.where(identified(params.id, 'disk_offerings'));
      if (params.name !== undefined) query = query.where('disk_offerings.name', '=', params.name);
      if (params.keyword !== undefined)
        query = query.where(containing('disk_offerings.name', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(fields) };
    },
  },
} satisfies Partial<Handlers>;

async function patchOf(
  call: Call,
  params: ParamsOf<'updateDiskOffering'>,
): Promise<RowPatch<'disk_offerings'>> {
  return {
    ...(params.name === undefined ? {} : { name: checkedName('name', params.name) }),
    ...(params.displaytext === undefined ? {} : { display_text: params.displaytext }),
    ...(params.displayoffering === undefined ? {} : { display: params.displayoffering }),
    ...(params.sortkey === undefined ? {} : { sort_key: params.sortkey }),
    ...(params.tags === undefined ? {} : { tags: params.tags }),
    ...(params.state === undefined ? {} : { state: stateOf(params.state) }),
    ...(params.domainid === undefined
      ? {}
      : { domain_ids: await domainIds(call, idsOf(params.domainid, 'public')) }),
    ...(params.zoneid === undefined
      ? {}
      : { zone_ids: await zoneIds(call, idsOf(params.zoneid, 'all')) }),
  };
}

async function standing(call: Call, id: string): Promise<string> {
  const row = await call.tx
    .selectFrom('disk_offerings')
    .select('id')
    .where(identified(id))
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw unknownId(call, { parameter: 'id', id });
  return row.id;
}

function selectDiskOfferings(db: Db) {
  return db
    .selectFrom('disk_offerings')
    .selectAll('disk_offerings')
    .select([
      sql<
        string[]
      >`array(select path from domains where domains.id = any(disk_offerings.domain_ids) order by path)`.as(
        'domain_paths',
      ),
      sql<
        string[]
      >`array(select name from zones where zones.id = any(disk_offerings.zone_ids) order by name)`.as(
        'zone_names',
      ),
    ]);
}

async function shown(call: Call, id: string): Promise<Entity> {
  const row = await selectDiskOfferings(call.tx)
    .where('disk_offerings.id', '=', id)
    .executeTakeFirstOrThrow();
  return fields(row);
}

type Shown = Awaited<ReturnType<ReturnType<typeof selectDiskOfferings>['executeTakeFirstOrThrow']>>;

function fields(row: Shown): Entity {
  return {
    id: row.id,
    name: row.name,
    displaytext: row.display_text,
    // GiB; 0 where it is chosen for each disk.
    disksize: row.size_gib ?? 0,
    iscustomized: row.size_gib === null,
    iscustomizediops: false,
    disksizestrictness: false,
    displayoffering: row.display,
    encrypt: false,
    created: row.created,
    state: row.state,
    storagetype: row.storage_type,
    provisioningtype: 'thin',
    ...(row.tags === null ? {} : { tags: row.tags }),
    ...(row.domain_ids.length === 0
      ? {}
      : { domainid: row.domain_ids.join(','), domain: row.domain_paths.join(',') }),
    ...(row.zone_ids.length === 0
      ? {}
      : { zoneid: row.zone_ids.join(','), zone: row.zone_names.join(',') }),
  };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
