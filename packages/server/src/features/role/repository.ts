import { identified } from '../../access/access.ts';
import type { Db } from '../../store/database.ts';
import type { RoleRow } from '../../store/schema.ts';
import type { CallerRole } from './permits.ts';

/** A role with its rules in the order in which they are tried. */
export async function callerRole(db: Db, id: string): Promise<CallerRole> {
  const role = await db
    .selectFrom('roles')
    .select(['id', 'name', 'kind', 'state'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { ...role, rules: await rulesOf(db, id) };
}

/** The rules of a role, in order. */
export function rulesOf(db: Db, roleId: string) {
  return db
    .selectFrom('role_rules')
    .selectAll()
    .where('role_id', '=', roleId)
    .orderBy('position')
    .orderBy('seq')
    .execute();
}

/** The role of a UUID or of CloudStack's number. */
export async function findRole(db: Db, id: string): Promise<RoleRow | undefined> {
  return db.selectFrom('roles').selectAll().where(identified(id)).executeTakeFirst();
}

export interface NewRule {
  readonly rule: string;
  readonly permission: 'allow' | 'deny';
  readonly description: string;
}

/** Puts rules after those that the role has. */
export async function appendRules(
  tx: Db,
  roleId: string,
  rules: readonly NewRule[],
): Promise<void> {
  if (rules.length === 0) return;
  const last = await tx
    .selectFrom('role_rules')
    .select(eb => eb.fn.max('position').as('position'))
    .where('role_id', '=', roleId)
    .executeTakeFirst();
  const next = (last?.position ?? -1) + 1;
  await tx
    .insertInto('role_rules')
    .values(rules.map((rule, index) => ({ ...rule, role_id: roleId, position: next + index })))
    .execute();
}
