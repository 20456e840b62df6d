import type { Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import { addedHost, addHost } from './add.ts';
import { candidatesFor } from './candidates.ts';
import { filteredHosts } from './list.ts';
import { cancelMaintenance, prepareMaintenance } from './maintenance.ts';
import { reconnectHost } from './reconnect.ts';
import { removeHost } from './remove.ts';
import { selectHosts } from './repository.ts';
import { askedParts, hostOfJob, showHosts } from './show.ts';
import { updateHost } from './update.ts';

export const hostCommands = {
  listHosts: {
    kind: 'sync',
    async run(call, params) {
      const parts = askedParts(params.details);
      if (params.virtualmachineid === undefined) {
        const { count, rows } = await pageOf(call, filteredHosts(call, params), params);
        return { count, items: await showHosts(call.tx, rows, parts) };
      }
      const candidates = await candidatesFor(call, params.virtualmachineid);
      const query = candidates.among(filteredHosts(call, params));
      const { count, rows } = await pageOf(call, query, params);
      const shown = await showHosts(call.tx, rows, parts);
      return {
        count,
        items: rows.map((row, at) => ({
          ...shown[at],
          suitableformigration: candidates.suits(row),
        })),
      };
    },
  },

  findHostsForMigration: {
    kind: 'sync',
    async run(call, params) {
      const candidates = await candidatesFor(call, params.virtualmachineid);
      let query = candidates.among(selectHosts(call.tx).orderBy('hosts.seq'));
      if (params.keyword !== undefined)
        query = query.where(containing('hosts.name', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      const shown = await showHosts(call.tx, rows);
      return {
        count,
        items: rows.map((row, at) => ({
          ...shown[at],
          suitableformigration: candidates.suits(row),
          requiresStorageMotion: candidates.copiesDisk(row),
        })),
      };
    },
  },

  addHost: { kind: 'awaited', begin: addHost, result: addedHost },

  updateHost: { kind: 'sync', run: updateHost },

  deleteHost: {
    kind: 'sync',
    async run(call, params) {
      await removeHost(call, params);
      return { success: true };
    },
  },

  reconnectHost: { kind: 'job', begin: reconnectHost, result: hostOfJob },

  prepareHostForMaintenance: { kind: 'job', begin: prepareMaintenance, result: hostOfJob },

  cancelHostMaintenance: { kind: 'job', begin: cancelMaintenance, result: hostOfJob },
} satisfies Partial<Handlers>;
