import { type CommandDefinition, commands } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { RoleRow } from '../../store/schema.ts';
import { type CallerRole, permits } from './permits.ts';
import { callerRole, findRole } from './repository.ts';

/**
 * The role that the caller wants to give to an account. 431 when there is none; 531 for one that may call what the caller may
 * not: nobody hands out more than he has.
 */
export async function grantableRole(call: Call, id: string): Promise<RoleRow> {
  const role = await findRole(call.tx, id);
  if (role === undefined)
    throw new IsolaError('refused_value', { reason: `There is no role with roleid ${id}` });
  const beyond = await beyondCaller(call, role.id);
  if (beyond === undefined) return role;
  throw new IsolaError('not_permitted', {
    reason: `The role ${role.name} may call ${beyond}, which ${call.caller.account.name} may not`,
  });
}

/** A command that the role may call and the caller may not, or `undefined`. A disabled role counts as when it is enabled. */
export async function beyondCaller(call: Call, roleId: string): Promise<string | undefined> {
  const role: CallerRole = { ...(await callerRole(call.tx, roleId)), state: 'enabled' };
  return Object.values<CommandDefinition>(commands).find(
    command => permits(role, command) && !permits(call.caller.role, command),
  )?.name;
}
