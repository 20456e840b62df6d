import type { Call } from '../../http/call.ts';
import type { JobRow } from '../../store/schema.ts';

/**
 * A job's result as the caller may read it. That of `registerUserKeys` is stored with the secret key encrypted, and shows it
 * only to the user who made the call: others of the account, and administrators, see the job too.
 */
export function readableResult(call: Call, job: JobRow): JobRow['result'] {
  const keys = job.command === 'registerUserKeys' ? job.result?.['userkeys'] : undefined;
  if (typeof keys !== 'object' || keys === null || !('secretkey' in keys)) return job.result;
  const { secretkey: sealed, ...rest } = keys;
  if (job.user_id !== call.caller.user.id || typeof sealed !== 'string') return { userkeys: rest };
  return { userkeys: { ...rest, secretkey: call.secrets.decrypt(sealed) } };
}
