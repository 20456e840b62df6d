import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { revokeCertificates } from '../../fleet/revoke.ts';
import type { Call } from '../../http/call.ts';
import type { HostRow } from '../../store/schema.ts';
import { lockHost, refused } from './repository.ts';

/** Users that an error names. */
const named = 3;

/**
 * Removes a host: its certificates are revoked and it counts as dead, so that what it ran starts elsewhere, and is taken from it
 * should its agent join again. 431 for one that should be in maintenance first, 536 while something is there.
 */
export async function removeHost(call: Call, params: ParamsOf<'deleteHost'>): Promise<void> {
  const host = await lockHost(call, params.id);
  const forced = params.forced === true;
  if (host.is_local) throw refused(`Host ${host.name} is the machine of the management server`);
  const lost = host.state !== 'Up' && host.state !== 'Connecting';
  if (!lost && host.resource_state !== 'Maintenance' && !forced)
    throw refused(
      `Host ${host.name} is ${host.state} and not in maintenance: prepare it for maintenance first, or force its removal`,
    );
  const runs = await runningOn(call, host);
  if (runs.length > 0 && !(forced && lost)) throw inUse(host, 'runs', runs);
  const disks = await disksOn(call, host);
  if (disks.length > 0 && params.forcedestroylocalstorage !== true)
    throw inUse(
      host,
      'has the disks of',
      disks.map(disk => disk.name),
    );
  await destroyed(
    call,
    disks.map(disk => disk.id),
  );
  await call.tx
    .updateTable('hosts')
    .set({ state: 'Removed', resource_state: 'Enabled', disconnected: new Date(), load: null })
    .where('id', '=', host.id)
    .execute();
  await revokeCertificates(call.tx, host.id);
  await call.tx.deleteFrom('template_hosts').where('host_id', '=', host.id).execute();
  await forgetPlans(call, host);
  call.hosts.removed(host.id);
  call.wake('host', host.id);
}

/** Names of the instances and routers that run on the host, or are on their way to it. */
async function runningOn(call: Call, { id }: HostRow): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select 'instance ' || name as name from instances
      where host_id = ${id} and state in ('Starting', 'Running', 'Stopping') or migration_target = ${id}
    union all select 'router ' || name from routers where host_id = ${id} and state <> 'Stopped'
    order by name`.execute(call.tx);
  return rows.map(row => row.name);
}

/** Instances whose disks are on the host, and on no storage that another host shares. */
async function disksOn(call: Call, host: HostRow): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, 'instance ' || name as name from instances
    where (host_id = ${host.id} or host_id is null and last_host_id = ${host.id}) and desired_state <> 'Expunged'
      and not exists (select 1 from hosts other where other.id <> ${host.id} and other.state = 'Up'
        and other.shared_storage = ${host.shared_storage}::text)
    order by seq for no key update`.execute(call.tx);
  return rows;
}

async function destroyed(call: Call, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await call.tx
    .updateTable('instances')
    .set(eb => ({ desired_state: 'Expunged', forced: true, generation: eb('generation', '+', 1) }))
    .where('id', 'in', [...ids])
    .execute();
  for (const id of ids) call.wake('instance', id);
}

/** What stood still on the host, or was to start there, may start elsewhere. */
async function forgetPlans(call: Call, { id }: HostRow): Promise<void> {
  await call.tx
    .updateTable('instances')
    .set({ requested_host_id: null })
    .where('requested_host_id', '=', id)
    .execute();
  await call.tx
    .updateTable('instances')
    .set({ host_id: null })
    .where('host_id', '=', id)
    .where('state', '=', 'Stopped')
    .execute();
}

function inUse(host: HostRow, how: string, users: readonly string[]): IsolaError {
  const more = users.length > named ? ` and ${users.length - named} more` : '';
  return new IsolaError('in_use', {
    reason: `Host ${host.name} still ${how} ${users.slice(0, named).join(', ')}${more}`,
  });
}
