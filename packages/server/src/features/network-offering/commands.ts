import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, unknownId, visibleDomain } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { NetworkOfferingRow, RowPatch } from '../../store/schema.ts';
import { isUsed, offeredIn, offeredTo, selectOfferings } from './repository.ts';
import { refuseUnserved, requestedServices } from './request.ts';
import { networkOfferingResponse } from './response.ts';
import { parseServiceName } from './services.ts';

export const networkOfferingCommands = {
  createNetworkOffering: {
    kind: 'sync',
    async run(call, params) {
      refuseUnserved(params);
      const services = requestedServices(params);
      const availability = availabilityOf(params.availability ?? 'Optional');
      if (availability === 'Required') {
        if (services.SourceNat === undefined)
          throw refused('availability Required needs the service SourceNat');
        await refuseSecondRequired(call);
      }
      await refuseTakenName(call, params.name);
      const row = await call.tx
        .insertInto('network_offerings')
        .values({
          name: params.name,
          display_text: params.displaytext ?? params.name,
          guest_ip_type: 'Isolated',
          state: params.enable === true ? 'Enabled' : 'Disabled',
          availability,
          services: JSON.stringify(services),
          egress_default_allow: params.egressdefaultpolicy ?? true,
          conserve_mode: params.conservemode ?? true,
          specify_vlan: params.specifyvlan ?? false,
          is_persistent: params.ispersistent ?? false,
          network_rate: params.networkrate ?? null,
          service_offering_id: await systemOffering(call, params.serviceofferingid),
          tags: params.tags ?? null,
          details: JSON.stringify(Object.assign({}, ...(params.details ?? []))),
          domain_ids: await domainIds(call, params.domainid ?? []),
          zone_ids: await zoneIds(call, params.zoneid ?? []),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return shown(call, row.id);
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
      : { domain_ids: await domainIds(call, placesOf(params.domainid)) }),
    ...(params.zoneid === undefined
      ? {}
      : { zone_ids: await zoneIds(call, placesOf(params.zoneid)) }),
  };
}

async function filtered(call: Call, params: ParamsOf<'listNetworkOfferings'>) {
  let query = selectOfferings(call.tx);
  if (call.caller.account.role !== 'Root Admin')
    query = query.where(offeredTo(call.caller.domain.path));
  if (params.domainid !== undefined) {
    const domain = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
    query = query.where(offeredTo(domain.path));
  }
  if (params.zoneid !== undefined) {
    const [zone] = await zoneIds(call, [params.zoneid]);
    query = query.where(offeredIn(zone ?? ''));
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

async function refuseTakenName(call: Call, name: string): Promise<void> {
  const taken = await call.tx
    .selectFrom('network_offerings')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken !== undefined) throw refused(`A network offering with name ${name} already exists`);
}

async function refuseSecondRequired(call: Call): Promise<void> {
  const other = await call.tx
    .selectFrom('network_offerings')
    .select('name')
    .where('availability', '=', 'Required')
    .executeTakeFirst();
  if (other !== undefined)
    throw refused(`Network offering ${other.name} has availability Required; there can be one`);
}

async function systemOffering(call: Call, id: string | undefined): Promise<string | null> {
  if (id === undefined) return null;
  const offering = await call.tx
    .selectFrom('service_offerings')
    .select(['id', 'is_system', 'name'])
    .where(identified(id))
    .executeTakeFirst();
  if (offering === undefined) throw unknownId(call, { parameter: 'serviceofferingid', id });
  if (!offering.is_system)
    throw refused(`Service offering ${offering.name} is not a system offering for routers`);
  return offering.id;
}

/** The parts of `id,id`; `public` and `all` stand for no limit. */
function placesOf(text: string): string[] {
  if (['public', 'all'].includes(text.toLowerCase())) return [];
  return text.split(',').map(part => part.trim());
}

async function domainIds(call: Call, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) found.push((await visibleDomain(call, { parameter: 'domainid', id })).id);
  return found;
}

async function zoneIds(call: Call, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
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

function stateOf(text: string): 'Enabled' | 'Disabled' {
  return text.toLowerCase() === 'enabled' ? 'Enabled' : 'Disabled';
}

function availabilityOf(text: string): 'Required' | 'Optional' {
  return text.toLowerCase() === 'required' ? 'Required' : 'Optional';
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
