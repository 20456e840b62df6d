import { IsolaError } from '@isola/model';
import { identified, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';

/** Bytes of user data after decoding; compressed data counts as it is. */
export const userDataLimit = 32 * 1024;

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Canonical base64 of user data given in base64 (line breaks and the URL alphabet are understood). 431 when it is not, or too long. */
export function checkedUserData(text: string): string {
  const compact = text.replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const bare = compact.replace(/=+$/, '');
  const padded = bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
  if (!base64.test(padded)) throw refused('userdata must be given in base64');
  if (Buffer.byteLength(padded, 'base64') > userDataLimit)
    throw refused(`userdata is longer than ${userDataLimit} bytes`);
  return padded;
}

interface Given {
  readonly userdata?: string;
  readonly userdataid?: string;
  readonly userdatadetails?: readonly Readonly<Record<string, string>>[];
}

/** Columns of an instance. */
interface GivenColumns {
  readonly user_data?: string;
  readonly user_data_id?: string | null;
  /** JSON. */
  readonly user_data_details?: string;
}

/**
 * The user data that a call gives an instance of the account, inline or registered, as columns of its row: none when it gives none.
 * What is registered is copied, as it is now. 431 for both, 531 for a stranger's.
 */
export async function givenUserData(
  call: Call,
  accountId: string,
  { userdata, userdataid, userdatadetails }: Given,
): Promise<GivenColumns> {
  if (userdata !== undefined && userdataid !== undefined)
    throw refused('Give userdata or userdataid, not both');
  if (userdatadetails !== undefined && userdataid === undefined)
    throw refused('userdatadetails needs userdataid');
  if (userdata !== undefined)
    return { user_data: checkedUserData(userdata), user_data_id: null, user_data_details: '{}' };
  if (userdataid === undefined) return {};
  const registered = await call.tx
    .selectFrom('user_data')
    .selectAll()
    .where(identified(userdataid))
    .forKeyShare()
    .executeTakeFirst();
  if (registered === undefined) throw unknownId(call, { parameter: 'userdataid', id: userdataid });
  await requireOwner(call, registered, `user data ${registered.id}`);
  if (registered.account_id !== accountId)
    throw refused(`User data ${registered.name} and the instance belong to different accounts`);
  return {
    user_data: registered.data,
    user_data_id: registered.id,
    user_data_details: JSON.stringify(Object.assign({}, ...(userdatadetails ?? []))),
  };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
