import type { ParamsOf, ResultOf } from '@isola/api';
import { IsolaError, netmaskOf } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { derivedId } from '../../store/derived-id.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { StorageRangeRow } from '../../store/schema.ts';
import { checkedOutsideBlock } from '../address-range/block.ts';
import { refuseOverlap } from '../pod/overlaps.ts';
import { lockPod } from '../pod/repository.ts';
import { withIds } from '../zone/repository.ts';
import { lockZone } from '../zone/update.ts';

export const storageNetworkCommands = {
  createStorageNetworkIpRange: {
    kind: 'job',
    begin: async (call, params) => done(await createRange(call, params)),
    result: (db, job) => shown(db, job.object_id),
  },

  listStorageNetworkIpRange: {
    kind: 'sync',
    async run(call, params) {
      let query = call.tx
        .selectFrom('storage_ranges')
        .innerJoin('pods', 'pods.id', 'storage_ranges.pod_id')
        .innerJoin('zones', 'zones.id', 'storage_ranges.zone_id')
        .selectAll('storage_ranges')
        .orderBy('storage_ranges.seq');
      for (const filter of withIds({ pods: params.podid, zones: params.zoneid }))
        query = query.where(filter);
      if (params.id !== undefined) query = query.where(identified(params.id, 'storage_ranges'));
      if (params.keyword !== undefined)
        query = query.where(containing('storage_ranges.first_address', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(response) };
    },
  },

  updateStorageNetworkIpRange: {
    kind: 'job',
    begin: async (call, params) => done(await updateRange(call, params)),
    result: (db, job) => shown(db, job.object_id),
  },

  deleteStorageNetworkIpRange: {
    kind: 'job',
    async begin(call, { id }) {
      const range = await lockRange(call, id);
      await call.tx.deleteFrom('storage_ranges').where('id', '=', range.id).execute();
      return done(range.id);
    },
    result: () => Promise.resolve({ success: true }),
  },
} satisfies Partial<Handlers>;

const done = (id: string) => ({ object: { type: 'StorageNetworkIpRange', id }, waits: null });

async function createRange(
  call: Call,
  params: ParamsOf<'createStorageNetworkIpRange'>,
): Promise<string> {
  const pod = await lockPod(call, { parameter: 'podid', id: params.podid });
  const block = checkedOutsideBlock(params);
  await lockZone(call, { parameter: 'zoneid', id: pod.zone_id });
  const carrier = await call.tx
    .selectFrom('traffic_types')
    .innerJoin('physical_networks', 'physical_networks.id', 'traffic_types.physical_network_id')
    .select('traffic_types.id')
    .where('traffic_type', '=', 'Storage')
    .where('physical_networks.zone_id', '=', pod.zone_id)
    .executeTakeFirst();
  if (carrier === undefined)
    throw new IsolaError('refused_value', {
      reason: 'No physical network of the zone carries storage traffic: add the type',
    });
  await refuseOverlap(call.tx, block, { zoneId: pod.zone_id, podId: pod.id });
  const { id } = await call.tx
    .insertInto('storage_ranges')
    .values({
      zone_id: pod.zone_id,
      pod_id: pod.id,
      gateway: block.gateway,
      prefix: block.prefix,
      first_address: block.first,
      last_address: block.last,
      vlan: params.vlan ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function updateRange(
  call: Call,
  params: ParamsOf<'updateStorageNetworkIpRange'>,
): Promise<string> {
  const range = await lockRange(call, params.id);
  const block = checkedOutsideBlock({
    gateway: range.gateway,
    netmask: params.netmask ?? netmaskOf(range.prefix),
    startip: params.startip ?? range.first_address,
    endip: params.endip ?? range.last_address,
  });
  await lockZone(call, { parameter: 'zoneid', id: range.zone_id });
  await refuseOverlap(call.tx, block, {
    zoneId: range.zone_id,
    podId: range.pod_id,
    except: range.id,
  });
  await call.tx
    .updateTable('storage_ranges')
    .set({
      prefix: block.prefix,
      first_address: block.first,
      last_address: block.last,
      ...(params.vlan === undefined ? {} : { vlan: params.vlan }),
    })
    .where('id', '=', range.id)
    .execute();
  return range.id;
}

async function lockRange(call: Call, id: string): Promise<StorageRangeRow> {
  const range = await call.tx
    .selectFrom('storage_ranges')
    .selectAll()
    .where(identified(id))
    .forUpdate()
    .executeTakeFirst();
  if (range === undefined) throw unknownId(call, { parameter: 'id', id });
  return range;
}

async function shown(db: Db, id: string | null) {
  return response(
    await db
      .selectFrom('storage_ranges')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow(),
  );
}

function response(range: StorageRangeRow): ResultOf<'listStorageNetworkIpRange'>['items'][number] {
  return {
    id: range.id,
    zoneid: range.zone_id,
    podid: range.pod_id,
    networkid: derivedId('storagenetwork', range.zone_id),
    gateway: range.gateway,
    netmask: netmaskOf(range.prefix),
    startip: range.first_address,
    endip: range.last_address,
    ...(range.vlan === null ? {} : { vlan: range.vlan }),
  };
}
