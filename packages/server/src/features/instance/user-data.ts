import { IsolaError } from '@isola/model';

/** Bytes of user data after decoding. */
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

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
