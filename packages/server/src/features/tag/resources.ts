import { sql } from 'kysely';

/** CloudStack's names of what can carry tags, and the table of each. */
export const taggable = {
  Network: 'networks',
  UserVm: 'instances',
  Volume: 'volumes',
  PublicIpAddress: 'public_addresses',
  FirewallRule: 'firewall_rules',
  PortForwardingRule: 'port_forwarding_rules',
  Project: 'projects',
  Template: 'templates',
  User: 'users',
} as const;

export type TaggableType = keyof typeof taggable;

/** The type that `text` names, in any letter case, or `null`. */
export function parseTaggable(text: string): TaggableType | null {
  const wanted = text.toLowerCase();
  for (const type of Object.keys(taggable)) {
    if (isTaggable(type) && type.toLowerCase() === wanted) return type;
  }
  return null;
}

/** Whether `text` is exactly the name of a taggable type. */
export function isTaggable(text: string): text is TaggableType {
  return Object.hasOwn(taggable, text);
}

/** Whose a row of the type's table is. */
export function ownerColumns(type: TaggableType) {
  const account =
    type === 'Project' ? sql.ref('projects.id') : sql.ref(`${taggable[type]}.account_id`);
  const ofAccount = sql`(select domain_id from accounts where accounts.id = ${account})`;
  const domain =
    type === 'Project' || type === 'Template' ? ofAccount : sql.ref(`${taggable[type]}.domain_id`);
  return [
    sql<string | null>`${account}`.as('account_id'),
    sql<string | null>`${domain}`.as('domain_id'),
  ] as const;
}
