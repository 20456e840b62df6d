import { sql } from 'kysely';

interface Detailed {
  readonly table: string;
  /** `row`: others show these details with the object (`details`); `apart`: only these commands know of them. */
  readonly kept: 'row' | 'apart';
  readonly owner: 'row' | 'account' | 'instance' | 'nobody';
}

/** CloudStack's names of what has details, and where each is. */
export const detailed = {
  UserVm: { table: 'instances', kept: 'row', owner: 'row' },
  Template: { table: 'templates', kept: 'row', owner: 'account' },
  NetworkOffering: { table: 'network_offerings', kept: 'row', owner: 'nobody' },
  Volume: { table: 'volumes', kept: 'apart', owner: 'row' },
  Network: { table: 'networks', kept: 'apart', owner: 'row' },
  Nic: { table: 'nics', kept: 'apart', owner: 'instance' },
  PublicIpAddress: { table: 'public_addresses', kept: 'apart', owner: 'row' },
  FirewallRule: { table: 'firewall_rules', kept: 'apart', owner: 'row' },
  PortForwardingRule: { table: 'port_forwarding_rules', kept: 'apart', owner: 'row' },
  User: { table: 'users', kept: 'apart', owner: 'row' },
  Zone: { table: 'zones', kept: 'apart', owner: 'nobody' },
  ServiceOffering: { table: 'service_offerings', kept: 'apart', owner: 'nobody' },
} as const satisfies Record<string, Detailed>;

export type DetailedType = keyof typeof detailed;

/** The type that `text` names, in any letter case, or `null`. */
export function parseDetailed(text: string): DetailedType | null {
  const wanted = text.toLowerCase();
  return (
    Object.keys(detailed)
      .filter(isDetailed)
      .find(type => type.toLowerCase() === wanted) ?? null
  );
}

function isDetailed(text: string): text is DetailedType {
  return Object.hasOwn(detailed, text);
}

/** Id and owner of everything of a type, and the details that its row has. */
export function objectsOf(type: DetailedType) {
  const { table, kept, owner } = detailed[type];
  const details = kept === 'row' ? sql`o.details` : sql`'{}'::jsonb`;
  const columns = sql`o.id, o.seq, ${details} as details`;
  switch (owner) {
    case 'row':
      return sql`select ${columns}, o.account_id, o.domain_id from ${sql.table(table)} o`;
    case 'account':
      return sql`select ${columns}, o.account_id, a.domain_id from ${sql.table(table)} o
        join accounts a on a.id = o.account_id`;
    case 'instance':
      return sql`select ${columns}, i.account_id, i.domain_id from ${sql.table(table)} o
        join instances i on i.id = o.instance_id`;
    case 'nobody':
      return sql`select ${columns}, null::uuid as account_id, null::uuid as domain_id from ${sql.table(table)} o`;
  }
}
