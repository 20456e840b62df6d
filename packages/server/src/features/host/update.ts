import type { ParamsOf } from '@isola/api';
import type { Call } from '../../http/call.ts';
import type { RowPatch } from '../../store/schema.ts';
import { lockHost, refused } from './repository.ts';
import { type HostEntity } from './response.ts';
import { showHost } from './show.ts';
import { checkedTags } from './tags.ts';

const longestName = 255;

/** Changes name, tags, and whether anything new is put on a host. What runs there stays. */
export async function updateHost(
  call: Call,
  { id, ...params }: ParamsOf<'updateHost'>,
): Promise<HostEntity> {
  const host = await lockHost(call, id);
  const patch: RowPatch<'hosts'> = {};
  if (params.hosttags !== undefined) patch.tags = checkedTags(params.hosttags);
  if (params.name !== undefined) patch.name = checkedName(params.name);
  if (params.allocationstate !== undefined) {
    if (host.resource_state !== 'Enabled' && host.resource_state !== 'Disabled')
      throw refused(
        `Host ${host.name} is in state ${host.resource_state}: cancel its maintenance first`,
      );
    patch.resource_state =
      params.allocationstate.toLowerCase() === 'enable' ? 'Enabled' : 'Disabled';
  }
  if (Object.keys(patch).length > 0)
    await call.tx.updateTable('hosts').set(patch).where('id', '=', host.id).execute();
  const note = params.annotation?.trim() ?? '';
  if (note !== '')
    await call.tx
      .insertInto('annotations')
      .values({
        entity_type: 'HOST',
        entity_id: host.id,
        account_id: null,
        annotation: note,
        admins_only: true,
        user_id: call.caller.user.id,
      })
      .execute();
  return showHost(call.tx, host.id);
}

function checkedName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > longestName) throw refused('name must not be empty');
  return name;
}
