import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { type Expression, type SqlBool, sql } from 'kysely';
import { identified, unknownId, visibleDomain } from '../../access/access.ts';
import type { Call, Handlers } from '../../http/call.ts';
import { containing } from '../../store/keyword.ts';
import { pageOf } from '../../store/page.ts';
import type { DomainRow } from '../../store/schema.ts';
import { requireRoot } from '../account/guard.ts';
import {
  refuseLentNetworks,
  removalGeneration,
  removeAccount,
  removeNow,
} from '../account/removal.ts';
import { chosenId } from '../user/create.ts';
import { refuseDedications, releaseDedications } from './dedications.ts';
import { heldDomain } from './held.ts';
import { checkedNetworkDomain } from './network-domain.ts';
import { lockTree, selectDomains, within } from './repository.ts';
import { domainResponses } from './response.ts';
import { changeDomain, checkedDomainName } from './update.ts';

export const domainCommands = {
  listDomains: {
    kind: 'sync',
    async run(call, params) {
      let query = selectDomains(call.tx)
        .where(await visibleDomains(call, params))
        .orderBy('domains.seq');
      if (params.id !== undefined) query = query.where(identified(params.id, 'domains'));
      if (params.name !== undefined) query = query.where('domains.name', '=', params.name);
      if (params.keyword !== undefined)
        query = query.where(containing('domains.name', params.keyword));
      if (params.level !== undefined)
        query = query.where(
          sql<SqlBool>`array_length(string_to_array(domains.path, '/'), 1) = ${params.level + 1}`,
        );
      const { count, rows } = await pageOf(call, query, params);
      const counts = params.details?.includes('min') !== true;
      return { count, items: await domainResponses(call.tx, rows, counts) };
    },
  },

  createDomain: {
    kind: 'sync',
    async run(call, params) {
      if (params.domainid !== undefined) requireRoot(call, 'a chosen domainid');
      const parent = await parentOf(call, params.parentdomainid);
      await heldDomain(call, parent);
      const name = checkedDomainName(params.name);
      const made = await call.tx
        .insertInto('domains')
        .values({
          ...(params.domainid === undefined ? {} : { id: chosenId('domainid', params.domainid) }),
          parent_id: parent.id,
          name,
          path: `${parent.path}/${name}`,
          network_domain:
            params.networkdomain === undefined ? null : checkedNetworkDomain(params.networkdomain),
        })
        .onConflict(conflict => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (made === undefined)
        throw refused(
          `Domain with name ${name} already exists for the parent ${parent.name}${params.domainid === undefined ? '' : ', or the domainid is taken'}`,
        );
      const row = await selectDomains(call.tx)
        .where('domains.id', '=', made.id)
        .executeTakeFirstOrThrow();
      const [shown = {}] = await domainResponses(call.tx, [row], true);
      return shown;
    },
  },

  updateDomain: {
    kind: 'sync',
    async run(call, params) {
      const domain = await visibleDomain(call, { parameter: 'id', id: params.id });
      await changeDomain(call, domain, params);
      const row = await selectDomains(call.tx)
        .where('domains.id', '=', domain.id)
        .executeTakeFirstOrThrow();
      const [shown = {}] = await domainResponses(call.tx, [row], true);
      return shown;
    },
  },

  listDomainChildren: {
    kind: 'sync',
    async run(call, params) {
      const top =
        params.id === undefined
          ? call.caller.domain
          : await visibleDomain(call, { parameter: 'id', id: params.id });
      let query = selectDomains(call.tx).where('domains.id', '<>', top.id).orderBy('domains.seq');
      query =
        params.isrecursive === true || params.listall === true
          ? query.where(within(top.path))
          : query.where('domains.parent_id', '=', top.id);
      if (params.name !== undefined) query = query.where('domains.name', '=', params.name);
      if (params.keyword !== undefined)
        query = query.where(containing('domains.name', params.keyword));
      const { count, rows } = await pageOf(call, query, params);
      return { count, items: await domainResponses(call.tx, rows, true) };
    },
  },

  deleteDomain: {
    kind: 'job',
    async begin(call, params) {
      const domain = await visibleDomain(call, { parameter: 'id', id: params.id });
      if (domain.parent_id === null) throw refused('The ROOT domain cannot be deleted');
      if (domain.id === call.caller.domain.id)
        throw new IsolaError('not_permitted', {
          reason: 'An administrator cannot delete the domain of his own account',
        });
      const tree = await lockTree(call.tx, domain.path);
      if (tree.length === 0) throw unknownId(call, { parameter: 'id', id: params.id });
      await removeTree(call, { domain, tree, cleanup: params.cleanup ?? false });
      const object = { type: 'Domain', id: domain.id };
      const accounts = await accountsOf(call, tree);
      const gone = await removeNow(call.tx, [...accounts, ...tree.map(part => part.id)]);
      if (gone.includes(domain.id)) return { object, waits: null };
      return { object, waits: { kind: 'removal', id: domain.id, generation: removalGeneration } };
    },
    result: () => Promise.resolve({ success: true }),
  },
} satisfies Partial<Handlers>;

/** Root administrators see all domains, others their own; `listall` and `isrecursive` those below too. */
async function visibleDomains(
  call: Call,
  params: ParamsOf<'listDomains'>,
): Promise<Expression<SqlBool>> {
  const { account, domain } = call.caller;
  if (params.domainid !== undefined) {
    const top = await visibleDomain(call, { parameter: 'domainid', id: params.domainid });
    return params.isrecursive === true || params.listall === true
      ? within(top.path)
      : sql<SqlBool>`domains.id = ${top.id}`;
  }
  if (account.role === 'Root Admin') return sql<SqlBool>`true`;
  const below = params.listall === true || params.isrecursive === true || params.id !== undefined;
  return below && account.role !== 'User'
    ? within(domain.path)
    : sql<SqlBool>`domains.id = ${domain.id}`;
}

async function parentOf(call: Call, id: string | undefined): Promise<DomainRow> {
  if (id !== undefined) return visibleDomain(call, { parameter: 'parentdomainid', id });
  const root = await call.tx
    .selectFrom('domains')
    .select('id')
    .where('parent_id', 'is', null)
    .executeTakeFirstOrThrow();
  return visibleDomain(call, { parameter: 'parentdomainid', id: root.id });
}

interface Removal {
  readonly domain: DomainRow;
  readonly tree: readonly DomainRow[];
  readonly cleanup: boolean;
}

/** Marks the domains and every account in them. 536 when something is inside and `cleanup` is not given. */
async function removeTree(call: Call, { domain, tree, cleanup }: Removal): Promise<void> {
  const accounts = await accountsOf(call, tree);
  if (!cleanup && (accounts.length > 0 || tree.length > 1))
    throw new IsolaError('in_use', {
      reason: `The domain ${domain.name} has accounts or domains inside; cleanup=true deletes them too`,
    });
  const ids = tree.map(part => part.id);
  if (cleanup) await refuseLentNetworks(call.tx, { accounts, domains: ids });
  else await refuseDedications(call.tx, ids);
  for (const id of await dropNetworks(call, { tree, cleanup })) call.wake('network', id);
  await releaseDedications(call.tx, ids);
  for (const account of accounts) {
    const leaving = await removeAccount(call.tx, account);
    for (const id of leaving?.instances ?? []) call.wake('instance', id);
    for (const id of leaving?.networks ?? []) call.wake('network', id);
  }
  await call.tx.updateTable('domains').set({ state: 'Inactive' }).where('id', 'in', ids).execute();
}

/** Has the networks destroyed that are of the domains themselves, not of an account. 536 without `cleanup`. */
async function dropNetworks(
  call: Call,
  { tree, cleanup }: Pick<Removal, 'tree' | 'cleanup'>,
): Promise<string[]> {
  const networks = await call.tx
    .updateTable('networks')
    .set(eb => ({ desired_state: 'Destroyed', generation: eb('generation', '+', 1) }))
    .where('acl_type', '=', 'Domain')
    .where(
      'domain_id',
      'in',
      tree.map(part => part.id),
    )
    .where('desired_state', '<>', 'Destroyed')
    .returning(['id', 'name'])
    .execute();
  const [first] = networks;
  if (first !== undefined && !cleanup)
    throw new IsolaError('in_use', {
      reason: `The shared network ${first.name} is of this domain; cleanup=true deletes it too`,
    });
  return networks.map(({ id }) => id);
}

async function accountsOf(call: Call, tree: readonly DomainRow[]): Promise<string[]> {
  const rows = await call.tx
    .selectFrom('accounts')
    .select('id')
    .where(
      'domain_id',
      'in',
      tree.map(part => part.id),
    )
    .orderBy('seq')
    .execute();
  return rows.map(row => row.id);
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
