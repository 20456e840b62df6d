import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import type { AccountRow, NetworkRow } from '../../store/schema.ts';
import { ownedNetwork } from '../network/repository.ts';

export const networkPermissionCommands = {
  createNetworkPermissions: {
    kind: 'sync',
    async run(call, params) {
      const network = await ownNetwork(call, params.networkid);
      for (const account of await namedAccounts(call, network, params)) {
        if (account.id === network.account_id)
          throw refused(`Account ${account.name} owns network ${network.name}`);
        await call.tx
          .insertInto('network_permissions')
          .values({ network_id: network.id, account_id: account.id })
          .onConflict(conflict => conflict.doNothing())
          .execute();
      }
      return { success: true };
    },
  },

  listNetworkPermissions: {
    kind: 'sync',
    async run(call, params) {
      const network = await ownNetwork(call, params.networkid);
      const items = await call.tx
        .selectFrom('network_permissions')
        .innerJoin('accounts', 'accounts.id', 'network_permissions.account_id')
        .innerJoin('domains', 'domains.id', 'accounts.domain_id')
        .where('network_permissions.network_id', '=', network.id)
        .select([
          'network_permissions.network_id as networkid',
          'accounts.id as account_id',
          'accounts.name as account',
          'accounts.is_project',
          'domains.id as domainid',
          'domains.name as domain',
        ])
        .orderBy('network_permissions.created')
        .orderBy('accounts.seq')
        .execute();
      return { count: items.length, items: items.map(permissionResponse) };
    },
  },

  removeNetworkPermissions: {
    kind: 'sync',
    async run(call, params) {
      const network = await ownNetwork(call, params.networkid);
      const accounts = await namedAccounts(call, network, params);
      await call.tx
        .deleteFrom('network_permissions')
        .where('network_id', '=', network.id)
        .where(
          'account_id',
          'in',
          accounts.map(({ id }) => id),
        )
        .execute();
      return { success: true };
    },
  },

  resetNetworkPermissions: {
    kind: 'sync',
    async run(call, params) {
      const network = await ownNetwork(call, params.networkid);
      await call.tx
        .deleteFrom('network_permissions')
        .where('network_id', '=', network.id)
        .execute();
      return { success: true };
    },
  },
} satisfies Partial<Handlers>;

interface Permission {
  readonly networkid: string;
  readonly account_id: string;
  readonly account: string;
  readonly is_project: boolean;
  readonly domainid: string;
  readonly domain: string;
}

function permissionResponse({ account, account_id, is_project, ...rest }: Permission) {
  return is_project
    ? { ...rest, project: account, projectid: account_id }
    : { ...rest, account, accountid: account_id };
}

/** A network of one account that the caller may act on. 431 for one that is a whole domain's. */
async function ownNetwork(call: Call, id: string): Promise<NetworkRow> {
  const network = await ownedNetwork(call, { parameter: 'networkid', id });
  if (network.acl_type !== 'Account')
    throw refused(
      `Network ${network.name} is of acltype Domain: permissions are for acltype Account`,
    );
  return network;
}

interface Named {
  readonly accountids?: readonly string[];
  readonly accounts?: readonly string[];
  readonly projectids?: readonly string[];
}

type NamedAccount = Pick<AccountRow, 'id' | 'name'>;

/** The accounts by id or by name: of the network's domain, whoever asks. 431 when one is not there or none is named. */
async function namedAccounts(
  call: Call,
  network: NetworkRow,
  { accountids = [], accounts = [], projectids = [] }: Named,
): Promise<NamedAccount[]> {
  if (accountids.length + accounts.length + projectids.length === 0)
    throw refused('accountids, accounts or projectids must be given');
  const inDomain = call.tx
    .selectFrom('accounts')
    .select(['id', 'name'])
    .where('state', '<>', 'removed')
    .where('domain_id', '=', network.domain_id)
    .forKeyShare();
  const found: NamedAccount[] = [];
  const named = [
    ...accountids.map(id => ({ parameter: 'accountids', id, project: false })),
    ...projectids.map(id => ({ parameter: 'projectids', id, project: true })),
  ];
  for (const { parameter, id, project } of named) {
    const account = await inDomain
      .where(identified(id, 'accounts'))
      .where('is_project', '=', project)
      .executeTakeFirst();
    if (account === undefined) throw unknownId(call, { parameter, id });
    found.push(account);
  }
  for (const name of accounts) {
    const account = await inDomain
      .where('is_project', '=', false)
      .where(sql<boolean>`lower(name) = lower(${name})`)
      .executeTakeFirst();
    if (account === undefined)
      throw refused(`There is no account ${name} in the domain of network ${network.name}`);
    found.push(account);
  }
  return found;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
