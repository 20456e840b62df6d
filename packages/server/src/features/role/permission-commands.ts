import { IsolaError } from '@isola/model';
import { type SqlBool, sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { RoleRow } from '../../store/schema.ts';
import { requireOwn, roleOf } from './commands.ts';
import { appendRules, rulesOf } from './repository.ts';
import { ruleResponse } from './response.ts';
import { checkedRule, maxRules } from './rules.ts';

export const rolePermissionCommands = {
  createRolePermission: {
    kind: 'sync',
    async run(call, params) {
      const role = await roleOf(call, 'roleid', params.roleid);
      requireOwn(role);
      const rule = checkedRule(params);
      const rules = await rulesOf(call.tx, role.id);
      if (rules.length >= maxRules) throw refused(`A role has at most ${maxRules} rules`);
      if (rules.some(one => one.rule.toLowerCase() === rule.rule.toLowerCase()))
        throw new IsolaError('not_permitted', {
          reason: `The role ${role.name} has a rule ${rule.rule} already`,
        });
      await appendRules(call.tx, role.id, [rule]);
      const made = (await rulesOf(call.tx, role.id)).at(-1);
      if (made === undefined) throw new Error(`role ${role.id} lost its new rule`);
      return ruleResponse({ ...made, role_name: role.name });
    },
  },

  updateRolePermission: {
    kind: 'sync',
    async run(call, params) {
      if ((params.ruleorder === undefined) === (params.ruleid === undefined))
        throw refused('Either ruleorder or ruleid with permission must be given');
      const role = await roleOf(call, 'roleid', params.roleid);
      requireOwn(role);
      if (params.ruleorder !== undefined) await reorder(call, role, params.ruleorder);
      else await decide(call, role, params);
      return { success: true };
    },
  },

  deleteRolePermission: {
    kind: 'sync',
    async run(call, params) {
      const rule = await call.tx
        .selectFrom('role_rules')
        .selectAll()
        .where(identified(params.id))
        .executeTakeFirst();
      if (rule === undefined) throw unknownId(call, { parameter: 'id', id: params.id });
      requireOwn(await roleOf(call, 'id', rule.role_id));
      await call.tx.deleteFrom('role_rules').where('id', '=', rule.id).execute();
      return { success: true };
    },
  },

  listRolePermissions: {
    kind: 'sync',
    async run(call, params) {
      let query = call.tx
        .selectFrom('role_rules')
        .innerJoin('roles', 'roles.id', 'role_rules.role_id')
        .selectAll('role_rules')
        .select('roles.name as role_name')
        .orderBy('roles.seq')
        .orderBy('role_rules.position')
        .orderBy('role_rules.seq');
      if (params.roleid !== undefined) query = query.where(identified(params.roleid, 'roles'));
      const rows = await query.execute();
      return { count: rows.length, items: rows.map(ruleResponse) };
    },
  },
} satisfies Partial<Handlers>;

interface Decision {
  readonly ruleid?: string;
  readonly permission?: string;
}

async function decide(call: Call, role: RoleRow, { ruleid = '', permission }: Decision) {
  if (permission === undefined) throw refused('permission must be given with ruleid');
  const { numUpdatedRows } = await call.tx
    .updateTable('role_rules')
    .set({ permission: permission.toLowerCase() === 'allow' ? 'allow' : 'deny' })
    .where('role_id', '=', role.id)
    .where(identified(ruleid))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw unknownId(call, { parameter: 'ruleid', id: ruleid });
}

async function reorder(call: Call, role: RoleRow, order: readonly string[]): Promise<void> {
  const ids = (await rulesOf(call.tx, role.id)).map(rule => rule.id);
  const wanted = order.map(id => id.toLowerCase());
  if (wanted.length !== ids.length || new Set([...wanted, ...ids]).size !== ids.length)
    throw refused(`ruleorder must name every rule of the role ${role.name} once`);
  await sql<SqlBool>`update role_rules set position = place.position - 1
    from unnest(${sql.val(wanted)}::uuid[]) with ordinality as place(id, position)
    where role_rules.id = place.id`.execute(call.tx);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
