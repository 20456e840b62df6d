import type { ParamsOf } from '@isola/api';
import type { Call, Intent } from '../../http/call.ts';
import { lockHost, refused } from './repository.ts';
import { hostWaits } from './waits.ts';

/** Has the agent of a host dial in anew. 431 for the machine's own, and while the host is emptied for maintenance. */
export async function reconnectHost(
  call: Call,
  { id }: ParamsOf<'reconnectHost'>,
): Promise<Intent> {
  const host = await lockHost(call, id);
  if (host.is_local)
    throw refused(`The agent of host ${host.name} is part of the management server`);
  if (host.resource_state === 'PrepareForMaintenance')
    throw refused(`Host ${host.name} is being prepared for maintenance`);
  call.hosts.reconnect(host.id);
  return { object: { type: 'Host', id: host.id }, waits: hostWaits(host.id) };
}
