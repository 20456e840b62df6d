import type { Role } from '@isola/api';
import type { RoleRule } from '@isola/model';
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** Domains, roles, accounts and users, projects. */

export interface DomainTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  parent_id: string | null;
  name: string;
  path: string;
  network_domain: string | null;
  /** `Inactive` while it is being deleted. */
  state: Generated<'Active' | 'Inactive'>;
  created: Generated<Date>;
}

/** What an account of the role may see and rule: everything, its domain and those below, or itself. */
export type RoleKind = Role;

export interface ResourceLimitTable {
  account_id: string | null;
  domain_id: string | null;
  type: string;
  max: number;
}

export interface RoleTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  name: string;
  kind: RoleKind;
  description: Generated<string>;
  is_default: Generated<boolean>;
  is_public: Generated<boolean>;
  state: Generated<'enabled' | 'disabled'>;
  created: Generated<Date>;
}

export interface RoleRuleTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  role_id: string;
  rule: string;
  permission: RoleRule['permission'];
  description: Generated<string>;
  /** Rules are tried from the lowest on. */
  position: number;
}

export interface AccountTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  domain_id: string;
  name: string;
  /** Kind of its role. */
  role: RoleKind;
  role_id: string;
  network_domain: string | null;
  /** `locked`: its users cannot call; `disabled`: its instances are stopped, too; `removed` until everything it owned is gone; then the row goes too. */
  state: Generated<'enabled' | 'locked' | 'disabled' | 'removed'>;
  details: ColumnType<Record<string, string>, string | undefined, string>;
  /** Of a project: it has no users. */
  is_project: Generated<boolean>;
  created: Generated<Date>;
}

export interface ProjectTable {
  /** Of its account. */
  id: string;
  display_text: string;
  /** `Suspended`: nothing new is made in it and its instances are stopped. `Disabled` while it is being deleted. */
  state: Generated<'Active' | 'Suspended' | 'Disabled'>;
}

export interface ProjectMemberTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  project_id: string;
  account_id: string;
  /** `null`: the whole account is a member. */
  user_id: string | null;
  role: 'Admin' | 'Regular';
  created: Generated<Date>;
}

export interface UserTable {
  id: Generated<string>;
  seq: GeneratedAlways<number>;
  account_id: string;
  domain_id: string;
  username: string;
  password_hash: string;
  first_name: string;
  last_name: string;
  email: string;
  timezone: string | null;
  state: Generated<'enabled' | 'locked' | 'disabled'>;
  api_key: string | null;
  /** Sealed: `identity/secret.ts`. */
  secret_key: string | null;
  key_from: Date | null;
  key_until: Date | null;
  /** Wrong passwords since the last right one. */
  failed_logins: Generated<number>;
  created: Generated<Date>;
}

export interface SessionTable {
  token_hash: string;
  session_key_hash: string;
  user_id: string;
  created: Generated<Date>;
  last_used: Generated<Date>;
}
