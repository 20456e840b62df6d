import { type CommandDefinition, commands } from '@isola/api';

/** Events of what happens by itself, not by a command. */
const unasked = ['ROUTER.HEALTH.CHECKS'] as const;

/** Every type of event that Isola records, in alphabetical order. */
export const eventTypes: readonly string[] = [...new Set([...ofCommands(), ...unasked])].toSorted();

function ofCommands(): string[] {
  return Object.values(commands).flatMap((definition: CommandDefinition) =>
    definition.event === undefined ? [] : [definition.event],
  );
}
