import { type CommandDefinition, commands } from '@isola/api';
import { recordEvent } from '../events/record.ts';
import { subjectType } from '../events/subject.ts';
import type { Call, Owner } from './call.ts';

interface Change {
  readonly params: object;
  readonly result: object;
  readonly owner: Owner;
}

/** Writes the event of a synchronous command that changed something, in its transaction. */
export async function recordChange(call: Call, { params, result, owner }: Change): Promise<void> {
  const definition: CommandDefinition = commands[call.command];
  if (definition.event === undefined) return;
  // What was deleted is named by the parameter only.
  const id = idOf(result) ?? idOf(params);
  const type = subjectType(definition.event);
  const name = textOf(result, 'username') ?? textOf(result, 'name');
  await recordEvent(call.tx, {
    type: definition.event,
    level: 'INFO',
    state: 'Completed',
    description: `Completed ${call.command}`,
    accountId: owner.account_id,
    domainId: owner.domain_id,
    userId: call.caller.user.id,
    ...(id === undefined || type === null
      ? {}
      : { resource: { type, id }, ...(name === undefined ? {} : { resourceName: name }) }),
  });
}

function idOf(from: object): string | undefined {
  const id = textOf(from, 'id');
  return id !== undefined && /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
}

function textOf(from: object, field: 'id' | 'name' | 'username'): string | undefined {
  const value: unknown = field in from ? Reflect.get(from, field) : undefined;
  return typeof value === 'string' ? value : undefined;
}
