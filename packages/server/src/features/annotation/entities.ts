import { sql } from 'kysely';

interface Annotatable {
  readonly table: string;
  /** What it is called. */
  readonly name: string;
  /** Belongs to an account: others than root administrators write and see notes about what is theirs. */
  readonly owned: boolean;
}

/** CloudStack's names of what notes are written about, and where each is. */
export const annotatable = {
  VM: { table: 'instances', name: 'display_name', owned: true },
  VOLUME: { table: 'volumes', name: 'name', owned: true },
  INSTANCE_GROUP: { table: 'instance_groups', name: 'name', owned: true },
  SSH_KEYPAIR: { table: 'ssh_key_pairs', name: 'name', owned: true },
  USER_DATA: { table: 'user_data', name: 'name', owned: true },
  NETWORK: { table: 'networks', name: 'name', owned: true },
  PUBLIC_IP_ADDRESS: { table: 'public_addresses', name: 'address', owned: true },
  TEMPLATE: { table: 'templates', name: 'name', owned: true },
  SERVICE_OFFERING: { table: 'service_offerings', name: 'name', owned: false },
  DISK_OFFERING: { table: 'disk_offerings', name: 'name', owned: false },
  NETWORK_OFFERING: { table: 'network_offerings', name: 'name', owned: false },
  ZONE: { table: 'zones', name: 'name', owned: false },
  POD: { table: 'pods', name: 'name', owned: false },
  CLUSTER: { table: 'clusters', name: 'name', owned: false },
  HOST: { table: 'hosts', name: 'name', owned: false },
  DOMAIN: { table: 'domains', name: 'name', owned: false },
  PRIMARY_STORAGE: { table: 'storage_pools', name: 'name', owned: false },
  SECONDARY_STORAGE: { table: 'image_stores', name: 'name', owned: false },
  VR: { table: 'routers', name: 'name', owned: false },
} as const satisfies Record<string, Annotatable>;

export type EntityType = keyof typeof annotatable;

/** The kind that `text` names, in any letter case, or `null`. */
export function parseEntityType(text: string): EntityType | null {
  const wanted = text.toUpperCase();
  return isEntityType(wanted) ? wanted : null;
}

function isEntityType(text: string): text is EntityType {
  return Object.hasOwn(annotatable, text);
}

const types = Object.keys(annotatable).filter(isEntityType);

/** Type, id, name and owner of everything of a kind. */
export function entitiesOf(type: EntityType) {
  const { table, name, owned } = annotatable[type];
  const account = owned ? sql`e.account_id` : sql`null::uuid`;
  // A template's domain is that of its account.
  const domain = owned
    ? sql`(select domain_id from accounts where accounts.id = e.account_id)`
    : sql`null::uuid`;
  return sql`select ${sql.lit(type)} as entity_type, e.id, e.seq, e.${sql.ref(name)}::text as name,
    ${account} as account_id, ${domain} as domain_id from ${sql.table(table)} e`;
}

/** The name of the entity with the type and id of a row of `annotations`. */
export function annotatedName() {
  return sql.join(
    types.map(
      type => sql`(select name from (${entitiesOf(type)}) one
        where annotations.entity_type = ${sql.lit(type)} and one.id = annotations.entity_id)`,
    ),
    sql` union all `,
  );
}
