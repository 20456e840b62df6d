import { type CommandDefinition, commands } from '@isola/api';
import { recordEvent } from '../events/record.ts';
import type { Call, Owner } from './call.ts';

/** Writes the event of a synchronous command that changed something, in its transaction. */
export async function recordChange(
  call: Call,
  { result, owner }: { readonly result: object; readonly owner: Owner },
): Promise<void> {
  const definition: CommandDefinition = commands[call.command];
  if (definition.event === undefined) return;
  const id = idOf(result);
  await recordEvent(call.tx, {
    type: definition.event,
    level: 'INFO',
    state: 'Completed',
    description: `Completed ${call.command}`,
    accountId: owner.account_id,
    domainId: owner.domain_id,
    userId: call.caller.user.id,
    ...(id === undefined ? {} : { resource: { type: definition.response.name, id } }),
  });
}

function idOf(result: object): string | undefined {
  const id: unknown = 'id' in result ? result.id : undefined;
  return typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
}
