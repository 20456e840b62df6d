import { sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { AccountRow, DomainRow } from '../../store/schema.ts';
import type { SettingName } from '../setting/registry.ts';
import { setting } from '../setting/value.ts';
import { type ResourceTypeName, resourceTypeNames, resourceTypes, unlimited } from './types.ts';

/** Most of each type; `unlimited` (-1) for no limit. */
export type Limits = Readonly<Record<ResourceTypeName, number>>;

/** An account or a domain. */
export type LimitOwner =
  | { readonly kind: 'account'; readonly row: Pick<AccountRow, 'id' | 'role' | 'is_project'> }
  | { readonly kind: 'domain'; readonly row: Pick<DomainRow, 'id' | 'parent_id'> };

/** The limits of accounts or domains: what was set, else the settings' defaults. Root administrators and ROOT have none unless set. */
export async function limitsOf(
  db: Db,
  owners: readonly LimitOwner[],
): Promise<ReadonlyMap<string, Limits>> {
  const ids = owners.map(owner => owner.row.id);
  const { rows } = await sql<{ owner: string; type: string; max: number }>`
    select coalesce(account_id, domain_id) as owner, type, max from resource_limits
    where account_id = any(${ids}::uuid[]) or domain_id = any(${ids}::uuid[])`.execute(db);
  const set = new Map(rows.map(row => [`${row.owner} ${row.type}`, row.max]));
  const limits = new Map<string, Limits>();
  const known = new Map<string, Limits>();
  for (const owner of owners) {
    const kind = kindOf(owner);
    const defaults = known.get(kind) ?? (await defaultsOf(db, owner));
    known.set(kind, defaults);
    const entries = resourceTypeNames.map(
      type => [type, set.get(`${owner.row.id} ${type}`) ?? defaults[type]] as const,
    );
    limits.set(owner.row.id, toLimits(entries));
  }
  return limits;
}

/** Owners of a kind have the same defaults. */
function kindOf({ kind, row }: LimitOwner): string {
  return kind === 'account'
    ? `account ${row.role === 'Root Admin'} ${row.is_project}`
    : `domain ${row.parent_id === null}`;
}

async function defaultsOf(db: Db, owner: LimitOwner): Promise<Limits> {
  const free =
    owner.kind === 'account' ? owner.row.role === 'Root Admin' : owner.row.parent_id === null;
  const entries: (readonly [ResourceTypeName, number])[] = [];
  for (const type of resourceTypeNames) {
    const name = defaultName(owner, resourceTypes[type]);
    entries.push([type, free || name === null ? unlimited : await setting(db, name)]);
  }
  return toLimits(entries);
}

function defaultName(
  owner: LimitOwner,
  type: (typeof resourceTypes)[ResourceTypeName],
): SettingName | null {
  if (owner.kind === 'domain') return type.domainDefault;
  return owner.row.is_project ? type.projectDefault : type.accountDefault;
}

function toLimits(entries: readonly (readonly [ResourceTypeName, number])[]): Limits {
  const limits: Record<ResourceTypeName, number> = {
    user_vm: unlimited,
    public_ip: unlimited,
    template: unlimited,
    project: unlimited,
    network: unlimited,
    cpu: unlimited,
    memory: unlimited,
  };
  for (const [type, max] of entries) limits[type] = max;
  return limits;
}

/** The domain and those above it, ROOT first. */
export function domainLine(db: Db, domainId: string): Promise<DomainRow[]> {
  return db
    .selectFrom('domains')
    .selectAll()
    .where(
      sql<boolean>`(select path from domains d where d.id = ${domainId}) = path
        or starts_with((select path from domains d where d.id = ${domainId}), path || '/')`,
    )
    .orderBy('path')
    .execute();
}
