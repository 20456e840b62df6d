import { type CommandDefinition, commands } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';
import type { RoleRow } from '../../store/schema.ts';
import { permits } from './permits.ts';
import { callerRole, findRole } from './repository.ts';

/**
 * The role that the caller wants to give to an account. 431 when there is none; 531 for one that may call what the caller may
 * not: nobody hands out more than he has.
 */
export async function grantableRole(call: Call, id: string): Promise<RoleRow> {
  const role = await findRole(call.tx, id);
  if (role === undefined)
    throw new IsolaError('refused_value', { reason: `There is no role with roleid ${id}` });
  const granted = await callerRole(call.tx, role.id);
  const beyond = Object.values<CommandDefinition>(commands).find(
    command => permits(granted, command) && !permits(call.caller.role, command),
  );
  if (beyond === undefined) return role;
  throw new IsolaError('not_permitted', {
    reason: `The role ${role.name} may call ${beyond.name}, which ${call.caller.account.name} may not`,
  });
}
