import type { Call } from '../http/call.ts';
import type { JobRow } from '../store/schema.ts';

/** Which field of which object of a result is stored encrypted. */
const sealedFields = [
  ['userkeys', 'secretkey'],
  ['virtualmachine', 'password'],
] as const;

/**
 * A job's result as the caller may read it. Secret keys and passwords are stored encrypted, and shown only to the user who made
 * the call: others of the account, and administrators, see the job too.
 */
export function readableResult(call: Call, job: JobRow): JobRow['result'] {
  for (const [object, field] of sealedFields) {
    const body = job.result?.[object];
    if (typeof body !== 'object' || body === null || !(field in body)) continue;
    const { [field]: sealed, ...rest } = body as Readonly<Record<string, unknown>>;
    if (job.user_id !== call.caller.user.id || typeof sealed !== 'string')
      return { [object]: rest };
    return { [object]: { ...rest, [field]: call.secrets.decrypt(sealed) } };
  }
  return job.result;
}
