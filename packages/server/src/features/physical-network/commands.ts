import type { Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf, pageOfList } from '../../store/page.ts';
import { isolationMethods } from '../network/segment-uri.ts';
import { withIds, withTexts } from '../zone/repository.ts';
import { createPhysicalNetwork, removePhysicalNetwork, updatePhysicalNetwork } from './change.ts';
import { selectPhysicalNetworks } from './repository.ts';
import { physicalNetworkResponse } from './response.ts';

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

  createPhysicalNetwork: {
    kind: 'job',
    begin: async (call, params) => done(await createPhysicalNetwork(call, params)),
    result: (db, job) => shown(db, job.object_id),
  },

  updatePhysicalNetwork: {
    kind: 'job',
    begin: async (call, params) => done(await updatePhysicalNetwork(call, params)),
    result: (db, job) => shown(db, job.object_id),
  },

  deletePhysicalNetwork: {
    kind: 'job',
    begin: async (call, params) => done(await removePhysicalNetwork(call, params.id)),
    result: () => Promise.resolve({ success: true }),
  },

  listNetworkIsolationMethods: {
    kind: 'sync',
    run(call, params) {
      const all = Object.keys(isolationMethods)
        .filter(name => name.toLowerCase().includes((params.keyword ?? '').toLowerCase()))
        .map(name => ({ name }));
      const { count, rows } = pageOfList(call, all, params);
      return Promise.resolve({ count, items: rows });
    },
  },
} satisfies Partial<Handlers>;

const done = (id: string) => ({ object: { type: 'PhysicalNetwork', id }, waits: null });

async function shown(db: Db, id: string | null) {
  return physicalNetworkResponse(
    await selectPhysicalNetworks(db)
      .where('physical_networks.id', '=', id)
      .executeTakeFirstOrThrow(),
  );
}
