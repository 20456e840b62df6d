import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, namedOwner } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { detailsOf } from '../account/details.ts';
import { requireRoot } from '../account/guard.ts';
import { ownedInstance } from '../instance/repository.ts';
import { checkedName } from '../user/create.ts';
import { deleteOffering, updateOffering } from './change.ts';
import { domainIds, offeredIn, offeredTo, offeredWhere, zoneIds } from './places.ts';
import { selectServiceOfferings } from './repository.ts';
import { serviceOfferingResponse } from './response.ts';

export const serviceOfferingCommands = {
  listServiceOfferings: {
    kind: 'sync',
    async run(call, params) {
      let query = selectServiceOfferings(call.tx)
        .orderBy('service_offerings.sort_key')
        .orderBy('service_offerings.seq');
      for (const filter of await filters(call, params)) query = query.where(filter);
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
          details: JSON.stringify(detailsOf(params.serviceofferingdetails)),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return shown(call, made.id);
    },
  },

  updateServiceOffering: {
    kind: 'sync',
    run: async (call, params) => shown(call, await updateOffering(call, params)),
  },

  deleteServiceOffering: {
    kind: 'sync',
    async run(call, params) {
      await deleteOffering(call, params.id);
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

async function shown(call: Call, id: string) {
  const row = await selectServiceOfferings(call.tx)
    .where('service_offerings.id', '=', id)
    .executeTakeFirstOrThrow();
  return serviceOfferingResponse(row);
}

async function filters(
  call: Call,
  params: ParamsOf<'listServiceOfferings'>,
): Promise<Expression<SqlBool>[]> {
  const wanted: Expression<SqlBool>[] = [];
  if (params.issystem === true) requireRoot(call, 'offerings for system machines');
  wanted.push(sql<SqlBool>`service_offerings.is_system = ${params.issystem ?? false}`);
  wanted.push(...(await offeredWhere(call, params, 'service_offerings')));
  const state = params.state?.toLowerCase() ?? 'active';
  wanted.push(
    state === 'all'
      ? sql<SqlBool>`service_offerings.state <> 'Removed'`
      : sql<SqlBool>`lower(service_offerings.state) = ${state === 'inactive' ? state : 'active'}`,
  );
  if (params.account !== undefined || (params.projectid ?? '-1') !== '-1')
    wanted.push(offeredTo((await namedOwner(call, params)).domain.path));
  if (params.virtualmachineid !== undefined) {
    const named = { parameter: 'virtualmachineid', id: params.virtualmachineid };
    const instance = await ownedInstance(call, named);
    wanted.push(
      sql<SqlBool>`service_offerings.id <> ${instance.service_offering_id}`,
      offeredIn(instance.zone_id, 'service_offerings'),
    );
  }
  if (params.storagetype !== undefined)
    wanted.push(sql<SqlBool>`service_offerings.storage_type = ${params.storagetype.toLowerCase()}`);
  if (params.encryptroot === true) wanted.push(sql<SqlBool>`false`);
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

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
