import { randomUUID } from 'node:crypto';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import type { Call } from '../../http/call.ts';

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

interface NewName {
  readonly name: string;
  readonly networkIds: readonly string[];
  /** Whose own name it is. */
  readonly instanceId?: string;
}

/** Refuses (431) a name that another instance of one of the networks has: names are DNS names. The networks must be locked. */
export async function requireFreeName(
  call: Call,
  { name, networkIds, instanceId }: NewName,
): Promise<void> {
  const taken = await call.tx
    .selectFrom('nics')
    .innerJoin('instances', 'instances.id', 'nics.instance_id')
    .select('instances.id')
    .where('nics.network_id', 'in', [...networkIds])
    .where(eb => eb(eb.fn<string>('lower', ['instances.name']), '=', name.toLowerCase()))
    .where(sql<boolean>`instances.id is distinct from ${instanceId ?? null}`)
    .executeTakeFirst();
  if (taken !== undefined)
    throw new IsolaError('refused_value', {
      reason: `An instance with the name ${name} is in the network already`,
    });
}
