import { IsolaError } from '@isola/model';
import type { Call, Handlers, Waits } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { longPageOf } from '../../store/page.ts';
import type { JobRow, NetworkRow } from '../../store/schema.ts';
import { beginChange, lockNetwork } from './change.ts';
import { createNetwork } from './create.ts';
import { raiseGeneration } from './generation.ts';
import { filteredNetworks } from './list.ts';
import { ownedNetwork, selectNetworks } from './repository.ts';
import { networkResponse } from './response.ts';
import { updateNetwork } from './update.ts';
import { viewerOf } from './viewer.ts';

export const networkCommands = {
  createNetwork: { kind: 'awaited', begin: createNetwork, result: jobNetwork },

  listNetworks: {
    kind: 'sync',
    async run(call, params) {
      const query = await filteredNetworks(call, params);
      const { count, rows } = await longPageOf(
        call,
        { query: query.orderBy('networks.seq'), key: 'networks.id' },
        params,
      );
      const { role } = call.caller.account;
      return { count, items: rows.map(row => networkResponse(row, role)) };
    },
  },

  updateNetwork: { kind: 'job', begin: updateNetwork, result: jobNetwork },

  deleteNetwork: {
    kind: 'job',
    async begin(call, params) {
      const network = await ownedNetwork(call, { parameter: 'id', id: params.id });
      return {
        object: { type: 'Network', id: network.id },
        waits: await requestDestruction(call, network),
      };
    },
    result: async () => ({ success: true }),
  },

  restartNetwork: {
    kind: 'job',
    async begin(call, params) {
      const { id } = await ownedNetwork(call, { parameter: 'id', id: params.id });
      const { network, generation, waits } = await beginChange(call.tx, id);
      if (network.state !== 'Implemented' && network.state !== 'Implementing')
        throw new IsolaError('refused_value', {
          reason: `Network ${network.name} is ${network.state}; only an implemented one can be restarted`,
        });
      await call.tx
        .updateTable('networks')
        .set(
          params.cleanup === true
            ? { replace_generation: generation }
            : { resync_generation: generation },
        )
        .where('id', '=', id)
        .execute();
      return { object: { type: 'Network', id }, waits };
    },
    result: async () => ({ success: true }),
  },
} satisfies Partial<Handlers>;

/** Asks for the network to go away. 536 while instances have NICs in it. */
async function requestDestruction(call: Call, { id }: NetworkRow): Promise<Waits> {
  const network = await lockNetwork(call.tx, id);
  if (network.desired_state === 'Destroyed')
    return { kind: 'network', id, generation: network.generation };
  const used = await call.tx
    .selectFrom('nics')
    .innerJoin('instances', 'instances.id', 'nics.instance_id')
    .select(['instances.name', 'instances.state'])
    .where('nics.network_id', '=', id)
    .where('nics.state', '<>', 'Revoke')
    .executeTakeFirst();
  if (used !== undefined)
    throw new IsolaError('in_use', {
      reason: `Network ${network.name} still has instances: ${used.name} is ${used.state}; expunge them first`,
    });
  const generation = await raiseGeneration(call.tx, id);
  await call.tx
    .updateTable('networks')
    .set({ desired_state: 'Destroyed' })
    .where('id', '=', id)
    .execute();
  return { kind: 'network', id, generation };
}

async function jobNetwork(db: Db, job: JobRow) {
  const id = job.object_id ?? '';
  const row = await selectNetworks(db).where('networks.id', '=', id).executeTakeFirst();
  // The network may be gone when a job that waited for it ends.
  if (row === undefined) return { id };
  return networkResponse(row, await viewerOf(db, job));
}
