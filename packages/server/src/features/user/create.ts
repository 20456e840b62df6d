import { IsolaError } from '@isola/model';
import { hashPassword } from '../../identity/password.ts';
import type { Db } from '../../store/database.ts';
import type { AccountRow } from '../../store/schema.ts';

export interface NewUser {
  readonly username: string;
  readonly password: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly timezone?: string;
  /** That it shall have. */
  readonly userid?: string;
}

/** Adds a user to an account; returns its id. 431 when the name is taken in the domain or a value is refused. */
export async function insertUser(tx: Db, account: AccountRow, user: NewUser): Promise<string> {
  const made = await tx
    .insertInto('users')
    .values({
      ...(user.userid === undefined ? {} : { id: chosenId('userid', user.userid) }),
      account_id: account.id,
      domain_id: account.domain_id,
      username: checkedName('username', user.username),
      password_hash: await hashPassword(user.password),
      first_name: user.firstname,
      last_name: user.lastname,
      email: user.email,
      timezone: user.timezone === undefined ? null : checkedTimezone(user.timezone),
      api_key: null,
      secret_key: null,
    })
    .onConflict(conflict => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made === undefined)
    throw new IsolaError('refused_value', {
      reason: `The user ${user.username} already exists in the domain${user.userid === undefined ? '' : ', or the userid is taken'}`,
    });
  return made.id;
}

/** An id that somebody gave to what he makes. 431 for one that is no UUID. */
export function chosenId(parameter: string, id: string): string {
  if (/^[0-9a-f-]{36}$/i.test(id)) return id.toLowerCase();
  throw new IsolaError('refused_value', { reason: `${parameter} must be a UUID` });
}

/** The name as it is stored. 431 for one that is blank or begins or ends with a space. */
export function checkedName(parameter: string, name: string): string {
  if (name !== '' && name === name.trim()) return name;
  throw new IsolaError('refused_value', {
    reason: `${parameter} must be a name without spaces around it`,
  });
}

/** The time zone's own name. 431 when there is none of that name. */
export function checkedTimezone(timezone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone;
  } catch {
    throw new IsolaError('refused_value', { reason: `There is no time zone ${timezone}` });
  }
}
