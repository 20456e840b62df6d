import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, unknownId, visibleDomain } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { requireRoot } from '../account/guard.ts';
import { checkedName } from '../user/create.ts';
import { offeredTo, selectServiceOfferings } from './repository.ts';
import { serviceOfferingResponse } from './response.ts';

export const serviceOfferingCommands = {
  listServiceOfferings: {
    kind: 'sync',
    async run(call, params) {
      let query = selectServiceOfferings(call.tx).orderBy('service_offerings.seq');
      for (const filter of await filters(call, params)) query = query.where(filter);
      if (params.state !== undefined && params.state.toLowerCase() !== 'active')
        return { count: 0, items: [] };
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(serviceOfferingResponse) };
    },
  },

  createServiceOffering: {
    kind: 'sync',
    async run(call, params) {
      const { cpunumber, cpuspeed, memory } = params;
      if (cpunumber === undefined || cpuspeed === undefined || memory === undefined)
        throw refused('cpunumber, cpuspeed and memory must be given');
      const system = params.issystem ?? false;
      if (params.systemvmtype !== undefined && !system)
        throw refused('systemvmtype needs issystem=true');
      const made = await call.tx
        .insertInto('service_offerings')
        .values({
          name: checkedName('name', params.name),
          display_text: params.displaytext ?? params.name,
          cpu_number: cpunumber,
          cpu_speed: cpuspeed,
          memory_mib: memory,
          network_rate: params.networkrate ?? null,
          host_tags: params.hosttags ?? null,
          offer_ha: params.offerha ?? false,
          is_system: system,
          limit_cpu_use: params.limitcpuuse ?? false,
          storage_type: params.storagetype?.toLowerCase() ?? 'shared',
          system_vm_type: params.systemvmtype?.toLowerCase() ?? (system ? 'domainrouter' : null),
          domain_ids: await domainIds(call, params.domainid ?? []),
          zone_ids: await zoneIds(call, params.zoneid ?? []),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const row = await selectServiceOfferings(call.tx)
        .where('service_offerings.id', '=', made.id)
        .executeTakeFirstOrThrow();
      return serviceOfferingResponse(row);
    },
  },
} satisfies Partial<Handlers>;

async function filters(
  call: Call,
  params: ParamsOf<'listServiceOfferings'>,
): Promise<Expression<SqlBool>[]> {
  const wanted: Expression<SqlBool>[] = [];
  const { account, domain } = call.caller;
  if (params.issystem === true) requireRoot(call, 'offerings for system machines');
  wanted.push(sql<SqlBool>`service_offerings.is_system = ${params.issystem ?? false}`);
  if (account.role === 'User') wanted.push(offeredTo(domain.path));
  if (account.role === 'Domain Admin') wanted.push(offeredInTree(domain.path));
  if (params.domainid !== undefined) {
    const named = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
    wanted.push(params.isrecursive === true ? offeredInTree(named.path) : offeredTo(named.path));
  }
  if (params.zoneid !== undefined) {
    const [zone = ''] = await zoneIds(call, [params.zoneid]);
    wanted.push(
      sql<SqlBool>`(service_offerings.zone_ids = '{}' or ${zone} = any(service_offerings.zone_ids))`,
    );
  }
  if (params.id !== undefined) wanted.push(identified(params.id, 'service_offerings'));
  if (params.name !== undefined) wanted.push(sql<SqlBool>`service_offerings.name = ${params.name}`);
  if (params.keyword !== undefined)
    wanted.push(containing('service_offerings.name', params.keyword));
  if (params.cpunumber !== undefined)
    wanted.push(sql<SqlBool>`service_offerings.cpu_number >= ${params.cpunumber}`);
  if (params.cpuspeed !== undefined)
    wanted.push(sql<SqlBool>`service_offerings.cpu_speed >= ${params.cpuspeed}`);
  if (params.memory !== undefined)
    wanted.push(sql<SqlBool>`service_offerings.memory_mib >= ${params.memory}`);
  if (params.systemvmtype !== undefined)
    wanted.push(
      sql<SqlBool>`service_offerings.system_vm_type = ${params.systemvmtype.toLowerCase()}`,
    );
  return wanted;
}

/** Offerings for the domain at `path`, or for one below it. */
function offeredInTree(path: string): Expression<SqlBool> {
  return sql<SqlBool>`(${offeredTo(path)} or exists (select 1 from domains
    where domains.id = any(service_offerings.domain_ids) and starts_with(domains.path, ${`${path}/`})))`;
}

async function domainIds(call: Call, ids: readonly string[]): Promise<string[]> {
  const found = [];
  for (const id of ids) found.push((await visibleDomain(call, { parameter: 'domainid', id })).id);
  return found;
}

async function zoneIds(call: Call, ids: readonly string[]): Promise<string[]> {
  const found = [];
  for (const id of ids) {
    const zone = await call.tx
      .selectFrom('zones')
      .select('id')
      .where(identified(id))
      .executeTakeFirst();
    if (zone === undefined) throw unknownId(call, { parameter: 'zoneid', id });
    found.push(zone.id);
  }
  return found;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
