import { identified } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf, pageOfList } from '../../store/page.ts';
import type { ProviderName } from '../../store/schema.ts';
import { namesOf, routerServices, virtualRouter } from '../network-offering/services.ts';
import { withIds, withTexts } from '../zone/repository.ts';
import {
  addElement,
  addNamedProvider,
  changeProvider,
  configureElement,
  removeProvider,
} from './change.ts';
import {
  balancerProviders,
  routerProviders,
  selectElements,
  selectProviders,
} from './repository.ts';
import { elementResponse, providerResponse, serviceResponse } from './response.ts';

export const networkProviderCommands = {
  listNetworkServiceProviders: {
    kind: 'sync',
    async run(call, params) {
      let query = selectProviders(call.tx);
      const filters = [
        ...withIds({ physical_networks: params.physicalnetworkid }),
        ...withTexts({
          'service_providers.name': params.name,
          'service_providers.state': params.state,
        }),
        ...(params.keyword === undefined
          ? []
          : [containing('service_providers.name', params.keyword)]),
      ];
      for (const filter of filters) query = query.where(filter);
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(providerResponse) };
    },
  },

  listSupportedNetworkServices: {
    kind: 'sync',
    run(call, params) {
      const all = namesOf(routerServices).filter(
        name =>
          is(name, params.service) &&
          is(virtualRouter, params.provider) &&
          name.toLowerCase().includes((params.keyword ?? '').toLowerCase()),
      );
      const { count, rows } = pageOfList(call, all, params);
      return Promise.resolve({ count, items: rows.map(serviceResponse) });
    },
  },

  addNetworkServiceProvider: {
    kind: 'job',
    begin: async (call, params) => done(await addNamedProvider(call, params)),
    result: (db, job) => shownProvider(db, job.object_id),
  },

  updateNetworkServiceProvider: {
    kind: 'job',
    begin: async (call, params) => done(await changeProvider(call, params)),
    result: (db, job) => shownProvider(db, job.object_id),
  },

  deleteNetworkServiceProvider: {
    kind: 'job',
    begin: async (call, params) => done(await removeProvider(call, params.id)),
    result: () => Promise.resolve({ success: true }),
  },

  listVirtualRouterElements: {
    kind: 'sync',
    run: (call, params) => listElements(call, params, routerProviders),
  },

  createVirtualRouterElement: {
    kind: 'job',
    begin: async (call, { nspid }) => made(await addElement(call, { nspid, of: routerProviders })),
    result: (db, job) => shownElement(db, job.object_id, routerProviders),
  },

  configureVirtualRouterElement: {
    kind: 'job',
    begin: async (call, params) =>
      made(await configureElement(call, { ...params, of: routerProviders })),
    result: (db, job) => shownElement(db, job.object_id, routerProviders),
  },

  listInternalLoadBalancerElements: {
    kind: 'sync',
    run: (call, params) => listElements(call, params, balancerProviders),
  },

  createInternalLoadBalancerElement: {
    kind: 'job',
    begin: async (call, { nspid }) =>
      made(await addElement(call, { nspid, of: balancerProviders })),
    result: (db, job) => shownElement(db, job.object_id, balancerProviders),
  },

  configureInternalLoadBalancerElement: {
    kind: 'job',
    begin: async (call, params) =>
      made(await configureElement(call, { ...params, of: balancerProviders })),
    result: (db, job) => shownElement(db, job.object_id, balancerProviders),
  },
} satisfies Partial<Handlers>;

const done = (id: string) => ({
  object: { type: 'PhysicalNetworkServiceProvider', id },
  waits: null,
});
const made = (id: string) => ({ object: { type: 'VirtualRouterProvider', id }, waits: null });

interface ElementFilters {
  readonly enabled?: boolean;
  readonly id?: string;
  readonly nspid?: string;
  readonly keyword?: string;
  readonly page?: number;
  readonly pagesize?: number;
}

async function listElements(call: Call, params: ElementFilters, of: readonly ProviderName[]) {
  let query = selectElements(call.tx, of);
  if (params.id !== undefined) query = query.where(identified(params.id, 'provider_elements'));
  if (params.nspid !== undefined)
    query = query.where(identified(params.nspid, 'service_providers'));
  if (params.enabled !== undefined)
    query = query.where('provider_elements.enabled', '=', params.enabled);
  if (params.keyword !== undefined)
    query = query.where(containing('service_providers.name', params.keyword));
  const { count, rows } = await pageOf(call, query, params);
  return { count, items: rows.map(elementResponse) };
}

async function shownProvider(db: Db, id: string | null) {
  return providerResponse(
    await db
      .selectFrom('service_providers')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow(),
  );
}

async function shownElement(db: Db, id: string | null, of: readonly ProviderName[]) {
  return elementResponse(
    await selectElements(db, of).where('provider_elements.id', '=', id).executeTakeFirstOrThrow(),
  );
}

function is(text: string, asked: string | undefined): boolean {
  return asked === undefined || text.toLowerCase() === asked.toLowerCase();
}
