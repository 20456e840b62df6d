import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { RoleKind, RoleRow } from '../../store/schema.ts';
import { kindOfRoleType } from './defaults.ts';
import { appendRules, findRole, rulesOf } from './repository.ts';
import { roleResponse } from './response.ts';
import { checkedRule, maxRules } from './rules.ts';

export const roleCommands = {
  createRole: {
    kind: 'sync',
    async run(call, params) {
      if ((params.type === undefined) === (params.roleid === undefined))
        throw refused('Either type or roleid must be given');
      const model =
        params.roleid === undefined ? undefined : await roleOf(call, 'roleid', params.roleid);
      const role = await insertRole(call, {
        ...params,
        kind: model?.kind ?? wantedKind(params.type),
      });
      if (model !== undefined) {
        const rules = await rulesOf(call.tx, model.id);
        await appendRules(
          call.tx,
          role.id,
          rules.map(({ rule, permission, description }) => ({ rule, permission, description })),
        );
      }
      return roleResponse(role);
    },
  },

  importRole: {
    kind: 'sync',
    async run(call, params) {
      const rules = params.rules.map(checkedRule);
      if (rules.length > maxRules) throw refused(`A role has at most ${maxRules} rules`);
      const kind = wantedKind(params.type);
      const found = await call.tx
        .selectFrom('roles')
        .selectAll()
        .where(sql<SqlBool>`lower(name) = lower(${params.name})`)
        .forUpdate()
        .executeTakeFirst();
      if (found === undefined) {
        const role = await insertRole(call, { ...params, kind });
        await appendRules(call.tx, role.id, rules);
        return roleResponse(role);
      }
      if (params.forced !== true)
        throw refused(`Role ${params.name} exists; forced=true replaces it`);
      requireOwn(found);
      if (kind !== found.kind) await requireUnused(call, found, 'changed to another type');
      const role = await call.tx
        .updateTable('roles')
        .set({
          kind,
          description: params.description ?? found.description,
          is_public: params.ispublic ?? found.is_public,
        })
        .where('id', '=', found.id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await call.tx.deleteFrom('role_rules').where('role_id', '=', role.id).execute();
      await appendRules(call.tx, role.id, rules);
      return roleResponse(role);
    },
  },

  updateRole: {
    kind: 'sync',
    async run(call, params) {
      const role = await roleOf(call, 'id', params.id);
      // Of the roles of every installation only who sees them can be changed.
      const { name: called, type, description } = params;
      if ([called, type, description].some(given => given !== undefined)) requireOwn(role);
      const kind = params.type === undefined ? role.kind : wantedKind(params.type);
      if (kind !== role.kind) await requireUnused(call, role, 'changed to another type');
      const name = params.name ?? role.name;
      const taken = await call.tx
        .selectFrom('roles')
        .select('id')
        .where(sql<SqlBool>`lower(name) = lower(${name})`)
        .where('id', '<>', role.id)
        .executeTakeFirst();
      if (taken !== undefined) throw refused(`Role name ${name} is not unique`);
      const changed = await call.tx
        .updateTable('roles')
        .set({
          kind,
          name,
          description: params.description ?? role.description,
          is_public: params.ispublic ?? role.is_public,
        })
        .where('id', '=', role.id)
        .returningAll()
        .executeTakeFirstOrThrow();
      return roleResponse(changed);
    },
  },

  deleteRole: {
    kind: 'sync',
    async run(call, params) {
      const role = await roleOf(call, 'id', params.id);
      requireOwn(role);
      await requireUnused(call, role, 'deleted');
      await call.tx.deleteFrom('roles').where('id', '=', role.id).execute();
      return { success: true };
    },
  },

  enableRole: {
    kind: 'sync',
    run: (call, params) => setState(call, params.id, 'enabled'),
  },

  disableRole: {
    kind: 'sync',
    run: (call, params) => setState(call, params.id, 'disabled'),
  },

  listRoles: {
    kind: 'sync',
    async run(call, params) {
      let query = call.tx.selectFrom('roles').selectAll().orderBy('seq');
      if (call.caller.account.role !== 'Root Admin')
        query = query.where('is_public', '=', true).where('kind', '<>', 'Root Admin');
      if (params.id !== undefined) query = query.where(identified(params.id, 'roles'));
      if (params.name !== undefined) query = query.where('name', '=', params.name);
      if (params.keyword !== undefined)
        query = query.where(containing('roles.name', params.keyword));
      if (params.state !== undefined)
        query = query.where(sql<SqlBool>`state = lower(${params.state})`);
      if (params.type !== undefined) query = query.where('kind', '=', wantedKind(params.type));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: rows.map(roleResponse) };
    },
  },
} satisfies Partial<Handlers>;

/** The role of an id, kept until the transaction ends. */
export async function roleOf(call: Call, parameter: string, id: string): Promise<RoleRow> {
  const role = await findRole(call.tx, id);
  if (role === undefined) throw unknownId(call, { parameter, id });
  return call.tx
    .selectFrom('roles')
    .selectAll()
    .where('id', '=', role.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** Refuses (531) to change a role that every installation has. */
export function requireOwn(role: RoleRow): void {
  if (!role.is_default) return;
  throw new IsolaError('not_permitted', {
    reason: `The role ${role.name} came with the installation and cannot be changed; make one of your own`,
  });
}

function wantedKind(type: string | undefined): RoleKind {
  const kind = type === undefined ? undefined : kindOfRoleType(type);
  if (kind !== undefined) return kind;
  throw refused('type must be Admin, ResourceAdmin, DomainAdmin or User');
}

/** Refuses (531, as CloudStack) what would change what accounts may call. */
async function requireUnused(call: Call, role: RoleRow, done: string): Promise<void> {
  const user = await call.tx
    .selectFrom('accounts')
    .select('name')
    .where('role_id', '=', role.id)
    .limit(1)
    .executeTakeFirst();
  if (user === undefined) return;
  throw new IsolaError('not_permitted', {
    reason: `The role ${role.name} cannot be ${done}: account ${user.name} has it`,
  });
}

interface NewRole {
  readonly name: string;
  readonly kind: RoleKind;
  readonly description?: string;
  readonly ispublic?: boolean;
}

async function insertRole(call: Call, role: NewRole): Promise<RoleRow> {
  const made = await call.tx
    .insertInto('roles')
    .values({
      name: role.name,
      kind: role.kind,
      description: role.description ?? '',
      is_public: role.ispublic ?? true,
    })
    .onConflict(conflict => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (made === undefined) throw refused(`Role name ${role.name} is not unique`);
  return made;
}

async function setState(call: Call, id: string, state: RoleRow['state']) {
  const role = await roleOf(call, 'id', id);
  requireOwn(role);
  if (role.state === state)
    throw new IsolaError('not_permitted', { reason: `Role ${role.name} is already ${state}` });
  await call.tx.updateTable('roles').set({ state }).where('id', '=', role.id).execute();
  return { success: true };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
