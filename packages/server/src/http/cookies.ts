import type { IncomingHttpHeaders } from 'node:http';

/** The value of a cookie that a request carries. */
export function cookieOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** A `Set-Cookie` value that scripts cannot read and other sites' forms do not send. `value` must need no escaping. */
export function setCookie(name: string, value: string): string {
  return `${name}=${value}; Path=/client; HttpOnly; SameSite=Lax`;
}

export function clearCookie(name: string): string {
  return `${name}=; Path=/client; HttpOnly; SameSite=Lax; Max-Age=0`;
}
