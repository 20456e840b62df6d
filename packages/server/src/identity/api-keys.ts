import { randomBytes } from 'node:crypto';

/** A user's pair of keys for signed calls: 86 characters each, as long as CloudStack's, safe in URLs. */
export function newApiKeys(): { apiKey: string; secretKey: string } {
  return { apiKey: token(), secretKey: token() };
}

function token(): string {
  return randomBytes(64).toString('base64url');
}
