import type { ParamsOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, ownerOf, unknownId, visibleDomain } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf, pageOfList } from '../../store/page.ts';
import { namesOf, routerServices, virtualRouter } from '../network-offering/services.ts';
import { withIds, withTexts } from '../zone/repository.ts';
import {
  physicalNetworkResponse,
  providerResponse,
  publicNetworkId,
  serviceResponse,
  trafficTypeResponses,
  vlanIpRangeResponse,
} from './response.ts';

export const physicalNetworkCommands = {
  listPhysicalNetworks: {
    kind: 'sync',
    async run(call, params) {
      let query = selectPhysicalNetworks(call.tx);
      const filters = [
        ...withIds({ physical_networks: params.id, zones: params.zoneid }),
        ...withTexts({ 'physical_networks.name': params.name }),
      ];
      if (params.keyword !== undefined)
        filters.push(containing('physical_networks.name', params.keyword));
      for (const filter of filters) query = query.where(filter);
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(physicalNetworkResponse) };
    },
  },

  listTrafficTypes: {
    kind: 'sync',
    async run(call, params) {
      const [network] = await networksNamed(call, params.physicalnetworkid);
      if (network === undefined)
        throw unknownId(call, { parameter: 'physicalnetworkid', id: params.physicalnetworkid });
      const all = trafficTypeResponses(network).filter(type =>
        holds(type.traffictype, params.keyword),
      );
      const { count, rows } = pageOfList(call, all, params);
      return { count, items: rows };
    },
  },

  listNetworkServiceProviders: {
    kind: 'sync',
    async run(call, params) {
      const networks = await networksNamed(call, params.physicalnetworkid);
      const all = networks
        .map(providerResponse)
        .filter(
          provider =>
            is(provider.name, params.name) &&
            is(provider.state, params.state) &&
            holds(provider.name, params.keyword),
        );
      const { count, rows } = pageOfList(call, all, params);
      return { count, items: rows };
    },
  },

  listVlanIpRanges: {
    kind: 'sync',
    async run(call, params) {
      // No range is set aside for an account or domain, or belongs to a pod.
      if (params.account !== undefined) await ownerOf(call, params);
      else if (params.domainid !== undefined)
        await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
      if (params.domainid !== undefined || params.podid !== undefined) return empty;
      if (params.forvirtualnetwork === false) return empty;
      let query = call.tx
        .selectFrom('public_ranges')
        .innerJoin('zones', 'zones.id', 'public_ranges.zone_id')
        .innerJoin('physical_networks', 'physical_networks.id', 'public_ranges.physical_network_id')
        .selectAll('public_ranges')
        .orderBy('public_ranges.seq');
      for (const filter of rangeFilters(params)) query = query.where(filter);
      const { count, rows } = await pageOf(call, query, params);
      const wanted = rows.filter(
        row => params.networkid === undefined || publicNetworkId(row.zone_id) === params.networkid,
      );
      return {
        count: params.networkid === undefined ? count : wanted.length,
        items: wanted.map(vlanIpRangeResponse),
      };
    },
  },

  listSupportedNetworkServices: {
    kind: 'sync',
    run(call, params) {
      const all = namesOf(routerServices).filter(
        name =>
          is(name, params.service) &&
          is(virtualRouter, params.provider) &&
          holds(name, params.keyword),
      );
      const { count, rows } = pageOfList(call, all, params);
      return Promise.resolve({ count, items: rows.map(serviceResponse) });
    },
  },
} satisfies Partial<Handlers>;

const empty = { count: 0, items: [] };

function selectPhysicalNetworks(db: Db) {
  return db
    .selectFrom('physical_networks')
    .innerJoin('zones', 'zones.id', 'physical_networks.zone_id')
    .selectAll('physical_networks')
    .select('zones.name as zone')
    .orderBy('physical_networks.seq');
}

/** The ids of the physical networks: of all, or of the one asked for when there is one. */
async function networksNamed(call: Call, id: string | undefined): Promise<string[]> {
  let query = selectPhysicalNetworks(call.tx);
  if (id !== undefined) query = query.where(identified(id, 'physical_networks'));
  return (await query.execute()).map(row => row.id);
}

function rangeFilters(params: ParamsOf<'listVlanIpRanges'>): Expression<SqlBool>[] {
  const filters = withIds({ zones: params.zoneid, physical_networks: params.physicalnetworkid });
  if (params.id !== undefined) filters.push(identified(params.id, 'public_ranges'));
  if (params.vlan !== undefined)
    filters.push(
      sql<SqlBool>`lower(public_ranges.vlan) = lower(${params.vlan.replace(/^vlan:\/\//i, '')})`,
    );
  if (params.keyword !== undefined) filters.push(containing('public_ranges.vlan', params.keyword));
  return filters;
}

function is(text: string | undefined, asked: string | undefined): boolean {
  return asked === undefined || text?.toLowerCase() === asked.toLowerCase();
}

function holds(text: string | undefined, asked: string | undefined): boolean {
  return asked === undefined || (text ?? '').toLowerCase().includes(asked.toLowerCase());
}
