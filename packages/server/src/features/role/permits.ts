import type { CommandDefinition } from '@isola/api';
import { decideByRules, type RoleRule } from '@isola/model';
import type { RoleRow } from '../../store/schema.ts';

/** The role of a caller: what it may call. */
export interface CallerRole extends Pick<RoleRow, 'id' | 'name' | 'kind' | 'state'> {
  readonly rules: readonly RoleRule[];
}

/**
 * Whether the role may call the command: the first of its rules that matches decides; where none does, what every role of its
 * kind may call, as in CloudStack. A disabled role may call nothing.
 */
export function permits(
  role: CallerRole,
  command: Pick<CommandDefinition, 'name' | 'roles'>,
): boolean {
  if (role.state === 'disabled') return false;
  const decision = decideByRules(role.rules, command.name);
  return decision === null ? command.roles.includes(role.kind) : decision === 'allow';
}
