import type { Handlers } from '../../http/call.ts';
import { pageOf } from '../../store/page.ts';
import { filteredHosts } from './list.ts';
import { cancelMaintenance, prepareMaintenance } from './maintenance.ts';
import { removeHost } from './remove.ts';
import { askedParts, hostOfJob, showHosts } from './show.ts';
import { updateHost } from './update.ts';

export const hostCommands = {
  listHosts: {
    kind: 'sync',
    async run(call, params) {
      const { count, rows } = await pageOf(call, filteredHosts(call, params), params);
      return { count, items: await showHosts(call.tx, rows, askedParts(params.details)) };
    },
  },

  updateHost: { kind: 'sync', run: updateHost },

  deleteHost: {
    kind: 'sync',
    async run(call, params) {
      await removeHost(call, params);
      return { success: true };
    },
  },

  prepareHostForMaintenance: { kind: 'job', begin: prepareMaintenance, result: hostOfJob },

  cancelHostMaintenance: { kind: 'job', begin: cancelMaintenance, result: hostOfJob },
} satisfies Partial<Handlers>;
