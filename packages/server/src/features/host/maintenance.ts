import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import { failJobs } from '../../jobs/jobs.ts';
import type { HostResourceState, HostRow } from '../../store/schema.ts';
import { hostGeneration } from './generation.ts';
import { lockHost, refused } from './repository.ts';
import { hostWaits } from './waits.ts';

/** Writes down that a host is to be emptied; the job ends when it is, or cannot be. */
export async function prepareMaintenance(
  call: Call,
  { id }: ParamsOf<'prepareHostForMaintenance'>,
): Promise<Intent> {
  const host = await lockHost(call, id);
  requireResourceState(host, ['Enabled', 'Disabled', 'ErrorInMaintenance']);
  await setResourceState(call, host, 'PrepareForMaintenance');
  return { object: { type: 'Host', id: host.id }, waits: hostWaits(host.id) };
}

/** Ends maintenance at once. Whoever waits for it to begin is told that it does not. */
export async function cancelMaintenance(
  call: Call,
  { id }: ParamsOf<'cancelHostMaintenance'>,
): Promise<Intent> {
  const host = await lockHost(call, id);
  requireResourceState(host, ['PrepareForMaintenance', 'ErrorInMaintenance', 'Maintenance']);
  await setResourceState(call, host, 'Enabled');
  const error = new IsolaError('refused_value', {
    reason: `The maintenance of host ${host.name} was cancelled`,
  });
  await failJobs(call.tx, host.id, { generation: hostGeneration, error });
  call.wake('host', host.id);
  return { object: { type: 'Host', id: host.id }, waits: null };
}

function requireResourceState(host: HostRow, states: readonly HostResourceState[]): void {
  if (states.includes(host.resource_state)) return;
  throw refused(`Host ${host.name} is in state ${host.resource_state}, not ${states.join(' or ')}`);
}

async function setResourceState(
  call: Call,
  { id }: HostRow,
  state: HostResourceState,
): Promise<void> {
  await call.tx.updateTable('hosts').set({ resource_state: state }).where('id', '=', id).execute();
}
