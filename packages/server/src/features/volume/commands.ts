import type { ParamsOf, ResultOf } from '@isola/api';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, inScope, listScope } from '../../access/access.ts';
import { ownedBy } from '../../access/owned-by.ts';
import { placementFilters } from '../../access/placement.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { longPageOf } from '../../store/page.ts';
import type { AccountRow } from '../../store/schema.ts';
import { hasTags } from '../tag/filter.ts';
import { loadTags, type TagEntity } from '../tag/load.ts';
import { type ShownVolume, selectVolumes } from './repository.ts';

export const volumeCommands = {
  listVolumes: {
    kind: 'sync',
    async run(call, params) {
      let query = selectVolumes(call.tx)
        .where(inScope(await listScope(call, params), 'volumes'))
        .where(hasTags('Volume', params.tags))
        .orderBy('volumes.seq');
      for (const filter of filters(call, params)) query = query.where(filter);
      const { count, rows } = await longPageOf(call, { query, key: 'volumes.id' }, params);
      const tags = await loadTags(
        call.tx,
        'Volume',
        rows.map(row => row.id),
      );
      const viewer = call.caller.account.role;
      return { count, items: rows.map(row => volume(row, tags.get(row.id) ?? [], viewer)) };
    },
  },
} satisfies Partial<Handlers>;

function filters(call: Call, params: ParamsOf<'listVolumes'>): Expression<SqlBool>[] {
  const wanted: Expression<SqlBool>[] = [];
  const { ids, type, state } = params;
  const place = placementFilters(call, params);
  if (params.id !== undefined) wanted.push(identified(params.id, 'volumes'));
  if (ids !== undefined && ids.length > 0)
    wanted.push(
      sql<SqlBool>`(${sql.join(
        ids.map(id => identified(id, 'volumes')),
        sql` or `,
      )})`,
    );
  for (const [id, table] of [
    [params.virtualmachineid, 'instances'],
    [params.zoneid, 'zones'],
    [place.hostid, 'hosts'],
    [place.clusterid, 'clusters'],
    [place.podid, 'pods'],
    [params.serviceofferingid, 'service_offerings'],
  ] as const)
    if (id !== undefined) wanted.push(identified(id, table));
  // There are root volumes only; none of an offering for disks, none of routers.
  if (type !== undefined && type.toUpperCase() !== 'ROOT') wanted.push(nothing);
  if (params.diskofferingid !== undefined || place.storageid !== undefined) wanted.push(nothing);
  if (params.name !== undefined) wanted.push(sql<SqlBool>`volumes.name = ${params.name}`);
  if (params.keyword !== undefined) wanted.push(containing('volumes.name', params.keyword));
  if (params.isencrypted === true) wanted.push(nothing);
  if (params.displayvolume !== undefined)
    wanted.push(sql<SqlBool>`instances.display_vm = ${params.displayvolume}`);
  if (state !== undefined) wanted.push(sql<SqlBool>`lower(${volumeState}) = lower(${state})`);
  else if (call.caller.account.role === 'User')
    wanted.push(sql<SqlBool>`${volumeState} <> 'Destroy'`);
  return wanted;
}

const nothing = sql<SqlBool>`false`;

/** It is made when its instance starts for the first time. */
const volumeState = sql<string>`case when instances.state in ('Destroyed', 'Expunging') then 'Destroy'
  when instances.last_host_id is null then 'Allocated' else 'Ready' end`;

function volume(
  row: ShownVolume,
  tags: readonly TagEntity[],
  viewer: AccountRow['role'],
): ResultOf<'listVolumes'>['items'][number] {
  const isMade = row.last_host_id !== null;
  const destroyed = row.instance_state === 'Destroyed' || row.instance_state === 'Expunging';
  const state = isMade ? 'Ready' : 'Allocated';
  return {
    id: row.id,
    name: row.name,
    type: 'ROOT',
    state: destroyed ? 'Destroy' : state,
    status: '',
    deviceid: 0,
    size: row.size_bytes,
    virtualsize: row.size_bytes,
    created: row.created,
    attached: row.created,
    ...ownedBy(row),
    domainid: row.domain_id,
    domain: row.domain,
    domainpath: row.domain_path,
    zoneid: row.zone_id,
    zonename: row.zone,
    virtualmachineid: row.instance_id,
    vmname: row.instance,
    vmdisplayname: row.display_name,
    vmstate: row.instance_state,
    vmtype: 'User',
    hypervisor: row.hypervisor,
    templateid: row.template_id,
    templatename: row.template,
    templatedisplaytext: row.template_text,
    serviceofferingid: row.offering_id,
    serviceofferingname: row.offering,
    serviceofferingdisplaytext: row.offering_text,
    displayvolume: row.display_vm,
    destroyed,
    deleteprotection: false,
    isextractable: false,
    quiescevm: false,
    supportsstoragesnapshot: false,
    provisioningtype: 'thin',
    storagetype: row.ha_enabled && row.shared_storage !== null ? 'shared' : 'local',
    ...(viewer === 'Root Admin' && isMade ? place(row) : {}),
    tags,
  };
}

/** Where it lies: administrators' matter. */
function place(row: ShownVolume) {
  if (row.cluster_id === null || row.pod_id === null) return {};
  return {
    clusterid: row.cluster_id,
    podid: row.pod_id,
    ...(row.cluster === null ? {} : { clustername: row.cluster }),
    ...(row.pod === null ? {} : { podname: row.pod }),
  };
}
