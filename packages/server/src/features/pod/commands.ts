import type { Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { hostCapacities } from '../capacity/host-capacity.ts';
import { capacityResponse } from '../capacity/response.ts';
import { withIds, withTexts } from '../zone/repository.ts';
import { createPod } from './create.ts';
import { addManagementRange, changeManagementRange, removeManagementRange } from './ranges.ts';
import { removePod } from './remove.ts';
import { rangesOfPods, selectPods } from './repository.ts';
import { podResponse, showPod } from './response.ts';
import { updatePod } from './update.ts';

const done = (id: string) => ({ object: { type: 'Pod', id }, waits: null });

export const podCommands = {
  listPods: {
    kind: 'sync',
    async run(call, params) {
      let query = selectPods(call.tx).orderBy('pods.seq');
      const filters = [
        ...withIds({ pods: params.id, zones: params.zoneid }),
        ...withTexts({ 'pods.name': params.name, 'pods.allocation_state': params.allocationstate }),
        ...(params.keyword === undefined ? [] : [containing('pods.name', params.keyword)]),
      ];
      for (const filter of filters) query = query.where(filter);
      const { count, rows } = await pageOf(call, query, params);
      const ranges = await rangesOfPods(
        call.tx,
        rows.map(row => row.id),
      );
      const capacities =
        params.showcapacities === true ? await hostCapacities(call.tx, 'pod_id') : null;
      const items = rows.map(row => {
        const place = { zoneid: row.zone_id, zonename: row.zone, podid: row.id, podname: row.name };
        return podResponse(row, {
          ranges: ranges.get(row.id) ?? [],
          ...(capacities === null
            ? {}
            : {
                capacity: (capacities.get(row.id) ?? []).map(one => capacityResponse(one, place)),
              }),
        });
      });
      return { count, items };
    },
  },

  createPod: {
    kind: 'sync',
    run: async (call, params) => showPod(call.tx, (await createPod(call, params)).id),
  },

  updatePod: {
    kind: 'sync',
    run: async (call, params) => showPod(call.tx, await updatePod(call, params)),
  },

  deletePod: {
    kind: 'sync',
    async run(call, params) {
      await removePod(call, params.id);
      return { success: true };
    },
  },

  createManagementNetworkIpRange: {
    kind: 'job',
    begin: async (call, params) => done(await addManagementRange(call, params)),
    result: (db, job) => showPod(db, job.object_id ?? ''),
  },

  updatePodManagementNetworkIpRange: {
    kind: 'job',
    begin: async (call, params) => done(await changeManagementRange(call, params)),
    result: () => Promise.resolve({ success: true }),
  },

  deleteManagementNetworkIpRange: {
    kind: 'job',
    begin: async (call, params) => done(await removeManagementRange(call, params)),
    result: () => Promise.resolve({ success: true }),
  },
} satisfies Partial<Handlers>;
