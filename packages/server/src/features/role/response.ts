import type { ResultOf } from '@isola/api';
import type { RoleRow } from '../../store/schema.ts';
import { kindNames } from './defaults.ts';

export function roleResponse(role: RoleRow): ResultOf<'createRole'> {
  return {
    id: role.id,
    name: role.name,
    type: kindNames(role.kind).roleType,
    description: role.description,
    isdefault: role.is_default,
    ispublic: role.is_public,
    state: role.state,
  };
}

interface RuleOfRole {
  readonly id: string;
  readonly role_id: string;
  readonly role_name: string;
  readonly rule: string;
  readonly permission: string;
  readonly description: string;
}

export function ruleResponse(rule: RuleOfRole): ResultOf<'createRolePermission'> {
  return {
    id: rule.id,
    roleid: rule.role_id,
    rolename: rule.role_name,
    rule: rule.rule,
    permission: rule.permission,
    description: rule.description,
  };
}
