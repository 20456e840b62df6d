const secret = /password|secret|userdata|privatekey|sessionkey/i;

/** A job's parameters without those that must not be stored. */
export function withoutSecrets(params: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !secret.test(name)));
}
