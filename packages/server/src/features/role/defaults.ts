import type { RoleKind } from '../../store/schema.ts';

/** Ids of the roles that every installation has for each kind of account; made by the migration. */
export const defaultRoles: Readonly<Record<RoleKind, string>> = {
  'Root Admin': '7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b101',
  'Resource Admin': '7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b102',
  'Domain Admin': '7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b103',
  User: '7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b104',
};

interface KindNames {
  /** CloudStack's number of an account of this kind. */
  readonly accountType: number;
  /** CloudStack's name of the kind. */
  readonly roleType: string;
}

const kinds: Readonly<Record<RoleKind, KindNames>> = {
  'Root Admin': { accountType: 1, roleType: 'Admin' },
  'Resource Admin': { accountType: 3, roleType: 'ResourceAdmin' },
  'Domain Admin': { accountType: 2, roleType: 'DomainAdmin' },
  User: { accountType: 0, roleType: 'User' },
};

const allKinds: readonly RoleKind[] = ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'];

/** CloudStack's number and name of a kind of role. */
export function kindNames(kind: RoleKind): KindNames {
  return kinds[kind];
}

/** The kind of an account type (0, 1, 2, 3), or `undefined`. */
export function kindOfAccountType(accountType: number): RoleKind | undefined {
  return allKinds.find(kind => kinds[kind].accountType === accountType);
}

/** The kind that CloudStack's name (`DomainAdmin`, in any letter case) means, or `undefined`. */
export function kindOfRoleType(roleType: string): RoleKind | undefined {
  const wanted = roleType.toLowerCase();
  return allKinds.find(kind => kinds[kind].roleType.toLowerCase() === wanted);
}

interface RoleOfAccount {
  readonly role: RoleKind;
  readonly role_id: string;
  readonly role_name: string;
}

/** The fields of a role in answers about accounts and users. */
export function roleFields({ role, role_id, role_name }: RoleOfAccount) {
  return {
    accounttype: kinds[role].accountType,
    roleid: role_id,
    rolename: role_name,
    roletype: kinds[role].roleType,
  };
}
