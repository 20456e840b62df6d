import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listScope } from '../../access/access.ts';
import { noHostWork } from '../../fleet/test-agents.ts';
import { apiLimits } from '../../http/api-limits.ts';
import type { Call } from '../../http/call.ts';
import { type TestServer, testServer } from '../../http/test-server.ts';
import type { AccountRow, DomainRow } from '../../store/schema.ts';
import { folderStores } from '../../templates/test-stores.ts';
import { accountsInScope, selectAccounts } from '../account/repository.ts';
import { defaultRoles } from '../role/defaults.ts';
import { domainCommands } from './commands.ts';

/** A random tree, as parents by index; an account per place; against a plain model of who sees whom. */
interface Plan {
  readonly parents: readonly number[];
  readonly accounts: readonly { readonly place: number; readonly role: AccountRow['role'] }[];
}

const plan: fc.Arbitrary<Plan> = fc.array(fc.nat(), { minLength: 1, maxLength: 6 }).chain(seeds =>
  fc.record({
    parents: fc.constant(seeds.map((seed, index) => seed % (index + 1))),
    accounts: fc.array(
      fc.record({
        place: fc.nat(seeds.length),
        role: fc.constantFrom<AccountRow['role']>('User', 'Domain Admin', 'Root Admin'),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
);

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let trees = 0;

async function build({ parents, accounts }: Plan) {
  const { db } = server;
  const root = await db
    .selectFrom('domains')
    .selectAll()
    .where('path', '=', 'ROOT')
    .executeTakeFirstOrThrow();
  trees += 1;
  const domains: DomainRow[] = [root];
  for (const [index, parent] of parents.entries()) {
    const above = domains[parent] ?? root;
    // Names that begin alike: a prefix of a path is not a parent.
    const name = `t${trees}${'x'.repeat(index)}`;
    domains.push(
      await db
        .insertInto('domains')
        .values({ parent_id: above.id, name, path: `${above.path}/${name}` })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
  }
  const made: AccountRow[] = [];
  for (const [index, { place, role }] of accounts.entries()) {
    made.push(
      await db
        .insertInto('accounts')
        .values({
          domain_id: (domains[place] ?? root).id,
          name: `a${trees}-${index}`,
          role,
          role_id: defaultRoles[role],
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
  }
  return { domains, accounts: made };
}

/** Ids of the domain and those above it. */
function lineOf(domain: DomainRow, all: readonly DomainRow[]): string[] {
  const above = all.find(other => other.id === domain.parent_id);
  return [domain.id, ...(above === undefined ? [] : lineOf(above, all))];
}

test('lists show an administrator his tree, a user himself, and the root administrator all', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async wanted => {
      const { domains, accounts } = await build(wanted);
      const domainOf = (account: AccountRow): DomainRow => {
        const found = domains.find(domain => domain.id === account.domain_id);
        if (found === undefined) throw new Error('no domain');
        return found;
      };
      for (const viewer of accounts) {
        const call = callOf(viewer, domainOf(viewer));
        const seen = await accountsSeenBy(call);
        const expected = accounts.filter(
          other =>
            viewer.role === 'Root Admin' ||
            other.id === viewer.id ||
            (viewer.role === 'Domain Admin' &&
              lineOf(domainOf(other), domains).includes(viewer.domain_id)),
        );
        const ours = new Set(accounts.map(account => account.id));
        expect(seen.filter(id => ours.has(id)).toSorted()).toEqual(
          expected.map(account => account.id).toSorted(),
        );
        if (viewer.role === 'User') continue;
        const listed = await domainCommands.listDomains.run(call, { listall: true });
        const shown = new Set(listed.items.map(domain => domain.id));
        for (const domain of domains) {
          const visible =
            viewer.role === 'Root Admin' || lineOf(domain, domains).includes(viewer.domain_id);
          expect(shown.has(domain.id)).toBe(visible);
        }
      }
    }),
    { numRuns: 25 },
  );
});

function callOf(account: AccountRow, domain: DomainRow): Call {
  const user = {
    id: account.id,
    seq: 0,
    account_id: account.id,
    domain_id: domain.id,
    username: account.name,
    password_hash: '',
    first_name: '',
    last_name: '',
    email: '',
    timezone: null,
    state: 'enabled' as const,
    api_key: null,
    secret_key: null,
    key_from: null,
    key_until: null,
    failed_logins: 0,
    created: new Date(0),
  };
  return {
    caller: {
      user,
      account,
      domain,
      role: { id: '', name: '', kind: account.role, state: 'enabled', rules: [] },
    },
    command: 'listDomains',
    tx: server.db,
    secrets: { encrypt: text => text, decrypt: text => text },
    maxPageSize: 100_000,
    concerns: () => undefined,
    wake: () => undefined,
    imageStores: folderStores(),
    builtInTemplates: [],
    wakeTemplates: () => undefined,
    settingsChanged: () => undefined,
    hosts: noHostWork,
    mocks: null,
    beginErrand: () => undefined,
    apiLimits: apiLimits(() => performance.now()),
    healthChecks: () => Promise.resolve([]),
  };
}

async function accountsSeenBy(call: Call): Promise<string[]> {
  const scope = await listScope(call, { listall: true });
  const rows = await selectAccounts(server.db).where(accountsInScope(scope)).execute();
  return rows.map(row => row.id);
}
