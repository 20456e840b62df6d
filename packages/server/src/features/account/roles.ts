import type { AccountRow } from '../../store/schema.ts';

type RoleName = AccountRow['role'];

interface RoleDefinition {
  /** The same in every installation. */
  readonly id: string;
  /** CloudStack's internal number of the role, which scripts send as `roleid`. */
  readonly number: string;
  readonly accountType: number;
  readonly roleType: string;
}

/** The three roles, as CloudStack numbers and names them. */
export const roles: Readonly<Record<RoleName, RoleDefinition>> = {
  'Root Admin': {
    id: '7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b101',
    number: '1',
    accountType: 1,
    roleType: 'Admin',
  },
  'Domain Admin': {
    id: '7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b103',
    number: '3',
    accountType: 2,
    roleType: 'DomainAdmin',
  },
  User: {
    id: '7a6f1c52-90a4-4c5f-9d0b-3f6a52a3b104',
    number: '4',
    accountType: 0,
    roleType: 'User',
  },
};

const names: readonly RoleName[] = ['Root Admin', 'Domain Admin', 'User'];

/** The role of an account type (0, 1, 2), or `undefined`. */
export function roleOfType(accountType: number): RoleName | undefined {
  return names.find(name => roles[name].accountType === accountType);
}

/** The role of a `roleid`, or `undefined`. */
export function roleOfId(id: string): RoleName | undefined {
  return names.find(name => roles[name].id === id.toLowerCase() || roles[name].number === id);
}

/** The fields of a role in answers about accounts and users. */
export function roleFields(name: RoleName) {
  const role = roles[name];
  return {
    accounttype: role.accountType,
    roleid: role.id,
    rolename: name,
    roletype: role.roleType,
  };
}
