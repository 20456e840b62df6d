import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { TrafficTypeRow } from '../../store/schema.ts';
import { checkedVlan } from '../address-range/vlan.ts';
import { lockPhysicalNetwork } from './repository.ts';
import { trafficTypeResponse } from './response.ts';
import {
  checkedLabel,
  checkedTrafficType,
  insertTrafficType,
  setGuestLabel,
} from './traffic-type.ts';

export const trafficTypeCommands = {
  listTrafficTypes: {
    kind: 'sync',
    async run(call, params) {
      const network = await call.tx
        .selectFrom('physical_networks')
        .select('id')
        .where(identified(params.physicalnetworkid))
        .executeTakeFirst();
      if (network === undefined)
        throw unknownId(call, { parameter: 'physicalnetworkid', id: params.physicalnetworkid });
      let query = selectTrafficTypes(call.tx)
        .where('physical_networks.id', '=', network.id)
        .orderBy('traffic_types.seq');
      if (params.keyword !== undefined)
        query = query.where(containing('traffic_types.traffic_type', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(trafficTypeResponse) };
    },
  },

  addTrafficType: {
    kind: 'job',
    begin: async (call, params) => done(await addTrafficType(call, params)),
    result: (db, job) => shown(db, job.object_id),
  },

  updateTrafficType: {
    kind: 'job',
    async begin(call, params) {
      const type = await lockTrafficType(call, params.id);
      const label = params.kvmnetworklabel;
      if (label !== undefined) await setLabel(call, type, checkedLabel(label));
      return done(type.id);
    },
    result: (db, job) => shown(db, job.object_id),
  },

  deleteTrafficType: {
    kind: 'job',
    async begin(call, params) {
      const type = await lockTrafficType(call, params.id);
      await refuseWhileUsed(call, type);
      await call.tx.deleteFrom('traffic_types').where('id', '=', type.id).execute();
      return done(type.id);
    },
    result: () => Promise.resolve({ success: true }),
  },
} satisfies Partial<Handlers>;

const done = (id: string) => ({ object: { type: 'TrafficType', id }, waits: null });

async function addTrafficType(call: Call, params: ParamsOf<'addTrafficType'>): Promise<string> {
  const network = await lockPhysicalNetwork(call, {
    parameter: 'physicalnetworkid',
    id: params.physicalnetworkid,
  });
  // The zone carries a kind of traffic once: two calls at once must not both find it missing.
  await call.tx
    .selectFrom('zones')
    .select('id')
    .where('id', '=', network.zone_id)
    .forUpdate()
    .execute();
  const type = checkedTrafficType(params.traffictype);
  const method = params.isolationmethod?.toUpperCase();
  if (type === 'Guest' && method !== undefined && method !== network.isolation_method)
    throw refused(
      `isolationmethod ${method} is not that of physical network ${network.name}: ${network.isolation_method}`,
    );
  return insertTrafficType(call.tx, {
    physicalNetworkId: network.id,
    type,
    label: params.kvmnetworklabel === undefined ? null : checkedLabel(params.kvmnetworklabel),
    vlan: params.vlan === undefined ? null : checkedVlan(params.vlan),
  });
}

function selectTrafficTypes(db: Db) {
  return db
    .selectFrom('traffic_types')
    .innerJoin('physical_networks', 'physical_networks.id', 'traffic_types.physical_network_id')
    .selectAll('traffic_types')
    .select('physical_networks.guest_label');
}

async function shown(db: Db, id: string | null) {
  return trafficTypeResponse(
    await selectTrafficTypes(db).where('traffic_types.id', '=', id).executeTakeFirstOrThrow(),
  );
}

async function lockTrafficType(call: Call, id: string): Promise<TrafficTypeRow> {
  const type = await call.tx
    .selectFrom('traffic_types')
    .selectAll()
    .where(identified(id))
    .forUpdate()
    .executeTakeFirst();
  if (type === undefined) throw unknownId(call, { parameter: 'id', id });
  return type;
}

async function setLabel(call: Call, type: TrafficTypeRow, label: string | null): Promise<void> {
  if (type.traffic_type === 'Guest') return setGuestLabel(call.tx, type.physical_network_id, label);
  await call.tx.updateTable('traffic_types').set({ label }).where('id', '=', type.id).execute();
}

/** 536 while networks, or addresses of that kind of traffic, are there. */
async function refuseWhileUsed(call: Call, type: TrafficTypeRow): Promise<void> {
  const physical = type.physical_network_id;
  const { rows } = await sql<{ what: string }>`
    select what from (
      select 'network ' || name as what from networks where physical_network_id = ${physical} and ${type.traffic_type} = 'Guest'
      union all select 'public addresses from ' || first_address from public_ranges
        where physical_network_id = ${physical} and ${type.traffic_type} = 'Public'
      union all select 'storage addresses from ' || s.first_address from storage_ranges s
        join physical_networks p on p.zone_id = s.zone_id where p.id = ${physical} and ${type.traffic_type} = 'Storage'
    ) using_it limit 1`.execute(call.tx);
  const [user] = rows;
  if (user !== undefined)
    throw new IsolaError('in_use', {
      reason: `The traffic type ${type.traffic_type} is not deletable because of ${user.what}`,
    });
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
