import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, unknownId, visibleDomain } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { NetworkOfferingRow, RowPatch } from '../../store/schema.ts';
import { ownedNetwork } from '../network/repository.ts';
import { domainIds, idsOf, offeredIn, offeredTo, zoneIds } from '../service-offering/places.ts';
import { cloneOffering } from './clone.ts';
import { availabilityOf, insertOffering, refuseSecondRequired, refuseTakenName } from './create.ts';
import { isUsed, selectOfferings } from './repository.ts';
import { networkOfferingResponse } from './response.ts';
import { parseServiceName } from './services.ts';

export const networkOfferingCommands = {
  createNetworkOffering: {
    kind: 'sync',
    async run(call, params) {
      return shown(call, await insertOffering(call, params));
    },
  },

  cloneNetworkOffering: {
    kind: 'sync',
    async run(call, params) {
      return shown(call, await cloneOffering(call, params));
    },
  },

  listNetworkOfferings: {
    kind: 'sync',
    async run(call, params) {
      const query = await filtered(call, params);
      const { count, rows } = await pageOf(
        call,
        query.orderBy('network_offerings.sort_key').orderBy('network_offerings.seq'),
        params,
      );
      return { count, items: rows.map(networkOfferingResponse) };
    },
  },

  updateNetworkOffering: {
    kind: 'sync',
    async run(call, params) {
      if (params.id === undefined)
        throw new IsolaError('missing_parameter', { command: call.command, parameter: 'id' });
      const offering = await named(call, params.id);
      if (params.maxconnections !== undefined)
        throw refused('maxconnections is for the service Lb, which is not available');
      const patch = await patchOf(call, offering, params);
      if (Object.keys(patch).length > 0)
        await call.tx
          .updateTable('network_offerings')
          .set(patch)
          .where('id', '=', offering.id)
          .execute();
      return shown(call, offering.id);
    },
  },

  deleteNetworkOffering: {
    kind: 'sync',
    async run(call, params) {
      const offering = await named(call, params.id);
      if (offering.is_default)
        throw refused(`Default network offering ${offering.name} cannot be deleted`);
      if (await isUsed(call.tx, offering.id))
        throw new IsolaError('in_use', {
          reason: `Network offering ${offering.name} is used by networks; disable it instead`,
        });
      await call.tx.deleteFrom('network_offerings').where('id', '=', offering.id).execute();
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

async function shown(call: Call, id: string) {
  const row = await selectOfferings(call.tx)
    .where('network_offerings.id', '=', id)
    .executeTakeFirstOrThrow();
  return networkOfferingResponse(row);
}

/** Locks the offering: networks that start to use it wait. */
async function named(call: Call, id: string): Promise<NetworkOfferingRow> {
  const row = await call.tx
    .selectFrom('network_offerings')
    .selectAll()
    .where(identified(id))
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw unknownId(call, { parameter: 'id', id });
  return row;
}

async function patchOf(
  call: Call,
  offering: NetworkOfferingRow,
  params: ParamsOf<'updateNetworkOffering'>,
): Promise<RowPatch<'network_offerings'>> {
  if (params.name !== undefined && params.name !== offering.name)
    await refuseTakenName(call, params.name);
  const availability =
    params.availability === undefined ? undefined : availabilityOf(params.availability);
  if (availability === 'Required' && offering.availability !== 'Required')
    await refuseSecondRequired(call);
  return {
    ...(params.name === undefined ? {} : { name: params.name }),
    ...(params.displaytext === undefined ? {} : { display_text: params.displaytext }),
    ...(params.sortkey === undefined ? {} : { sort_key: params.sortkey }),
    ...(params.tags === undefined ? {} : { tags: params.tags }),
    ...(params.state === undefined ? {} : { state: stateOf(params.state) }),
    ...(availability === undefined ? {} : { availability }),
    ...(params.domainid === undefined
      ? {}
      : { domain_ids: await domainIds(call, idsOf(params.domainid, 'public')) }),
    ...(params.zoneid === undefined
      ? {}
      : { zone_ids: await zoneIds(call, idsOf(params.zoneid, 'all')) }),
  };
}

async function filtered(call: Call, params: ParamsOf<'listNetworkOfferings'>) {
  let query = selectOfferings(call.tx);
  if (call.caller.account.role !== 'Root Admin')
    query = query.where(offeredTo(call.caller.domain.path, 'network_offerings'));
  if (params.domainid !== undefined) {
    const domain = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
    query = query.where(offeredTo(domain.path, 'network_offerings'));
  }
  if (params.zoneid !== undefined) {
    const [zone] = await zoneIds(call, [params.zoneid]);
    query = query.where(offeredIn(zone ?? '', 'network_offerings'));
  }
  const exact = {
    availability: params.availability,
    guest_ip_type: params.guestiptype,
    state: params.state,
    traffic_type: params.traffictype,
    name: params.name,
    display_text: params.displaytext,
    tags: params.tags,
  };
  for (const [column, value] of Object.entries(exact))
    if (value !== undefined)
      query = query.where(
        sql<boolean>`lower(${sql.ref(`network_offerings.${column}`)}) = lower(${value})`,
      );
  const flags = {
    for_vpc: params.forvpc,
    is_default: params.isdefault,
    specify_vlan: params.specifyvlan,
    specify_ip_ranges: params.specifyipranges,
  };
  for (const [column, value] of Object.entries(flags))
    if (value !== undefined)
      query = query.where(sql<boolean>`${sql.ref(`network_offerings.${column}`)} = ${value}`);
  if (params.id !== undefined) query = query.where(identified(params.id));
  if (params.networkid !== undefined)
    query = query.where(await changeableTo(call, params.networkid));
  if (params.istagged !== undefined)
    query = query.where(sql<boolean>`(network_offerings.tags is not null) = ${params.istagged}`);
  if (params.sourcenatsupported !== undefined)
    query = query.where(
      sql<boolean>`jsonb_exists(network_offerings.services, 'SourceNat') = ${params.sourcenatsupported}`,
    );
  for (const text of params.supportedservices ?? []) {
    const service = parseServiceName(text);
    if (service === null) throw refused(`Invalid service name ${text}`);
    query = query.where(sql<boolean>`jsonb_exists(network_offerings.services, ${service})`);
  }
  if (params.keyword !== undefined) {
    const { keyword } = params;
    query = query.where(eb =>
      eb.or([
        containing('network_offerings.name', keyword),
        containing('network_offerings.display_text', keyword),
      ]),
    );
  }
  return query;
}

/** `where` clause: the offerings that a network can be given instead of its own. */
async function changeableTo(call: Call, networkId: string): Promise<Expression<SqlBool>> {
  const network = await ownedNetwork(call, { parameter: 'networkid', id: networkId });
  const { path } = await call.tx
    .selectFrom('domains')
    .select('path')
    .where('id', '=', network.domain_id)
    .executeTakeFirstOrThrow();
  return sql<SqlBool>`(network_offerings.state = 'Enabled' and ${offeredTo(path, 'network_offerings')} and ${offeredIn(network.zone_id, 'network_offerings')}
    and exists (select 1 from network_offerings own where own.id = ${network.offering_id} and own.id <> network_offerings.id
      and own.guest_ip_type = network_offerings.guest_ip_type and own.specify_vlan = network_offerings.specify_vlan
      and (jsonb_exists(network_offerings.services, 'SourceNat') or not jsonb_exists(own.services, 'SourceNat'))))`;
}

function stateOf(text: string): 'Enabled' | 'Disabled' {
  return text.toLowerCase() === 'enabled' ? 'Enabled' : 'Disabled';
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
