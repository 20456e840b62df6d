import { type CommandDefinition, commands } from '@isola/api';
import { recordEvent } from '../events/record.ts';
import type { Call } from './call.ts';

/** Writes the event of a synchronous command that changed something, in its transaction. */
export async function recordChange(call: Call, result: object): Promise<void> {
  const definition: CommandDefinition = commands[call.command];
  if (definition.event === undefined) return;
  const id = idOf(result);
  await recordEvent(call.tx, {
    type: definition.event,
    level: 'INFO',
    state: 'Completed',
    description: `Completed ${call.command}`,
    accountId: call.caller.account.id,
    domainId: call.caller.domain.id,
    userId: call.caller.user.id,
    ...(id === undefined ? {} : { resource: { type: definition.response.name, id } }),
  });
}

function idOf(result: object): string | undefined {
  const id: unknown = 'id' in result ? result.id : undefined;
  return typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
}
