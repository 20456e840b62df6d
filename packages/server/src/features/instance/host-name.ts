import { randomUUID } from 'node:crypto';
import { IsolaError } from '@isola/model';

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The name an instance is given when none is asked for. */
export function generatedName(): string {
  return `VM-${randomUUID()}`;
}

/** Refuses (431) a name that cannot be a host's (RFC 1123): letters, digits and inner hyphens, at most 63. */
export function requireHostName(name: string): void {
  if (!label.test(name))
    throw new IsolaError('refused_value', {
      reason: `Invalid name ${JSON.stringify(name.slice(0, 80))}: a host name has at most 63 letters, digits and hyphens, and neither begins nor ends with a hyphen`,
    });
}
