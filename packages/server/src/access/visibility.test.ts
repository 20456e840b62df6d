import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRoles } from '../features/role/defaults.ts';
import { type Keys, type TestServer, testServer } from '../http/test-server.ts';
import { newApiKeys } from '../identity/api-keys.ts';
import { openSecretBox, type SecretBox } from '../identity/secret.ts';
import type { RoleKind } from '../store/schema.ts';
import {
  type Account,
  type Project,
  type Query,
  seen,
  seenProjects,
  type World,
} from './visibility-model.testing.ts';

/** Random worlds of domains, accounts and projects: what each caller's lists show is what the model says. */
let server: TestServer;
let secrets: SecretBox;
let root: string;
let worlds = 0;

beforeAll(async () => {
  server = await testServer();
  secrets = await openSecretBox(join(server.home, 'secret.key'));
  root = (await server.call(server.admin, 'listDomains')).body.domain[0].id;
}, 60_000);
afterAll(() => server.close());

/** Indexes that are too large are taken modulo what there is. */
interface Plan {
  /** Parent of each domain but the first, which is right below ROOT. */
  readonly parents: readonly number[];
  readonly accounts: readonly { readonly domain: number; readonly role: RoleKind }[];
  readonly projects: readonly { readonly owner: number; readonly members: readonly number[] }[];
  readonly queries: readonly PlannedQuery[];
}

interface PlannedQuery {
  readonly caller: number;
  readonly account: number | undefined;
  readonly domain: number | undefined;
  readonly project: number | undefined;
  readonly listall: boolean | undefined;
  readonly isrecursive: boolean | undefined;
}

const index = fc.nat({ max: 40 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const plans: fc.Arbitrary<Plan> = fc.record({
  parents: fc.array(index, { minLength: 1, maxLength: 5 }),
  accounts: fc.array(
    fc.record({
      domain: index,
      role: fc.constantFrom<RoleKind>(
        'Root Admin',
        'Resource Admin',
        'Domain Admin',
        'User',
        'User',
      ),
    }),
    { minLength: 3, maxLength: 8 },
  ),
  projects: fc.array(fc.record({ owner: index, members: fc.array(index, { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  queries: fc.array(
    fc.record({
      caller: index,
      account: fc.option(index, { nil: undefined, freq: 1 }),
      domain: maybe(index),
      project: maybe(fc.oneof(fc.constant(-1), index)),
      listall: maybe(fc.boolean()),
      isrecursive: maybe(fc.boolean()),
    }),
    { minLength: 25, maxLength: 25 },
  ),
});

interface Built extends World {
  readonly name: string;
  readonly keys: ReadonlyMap<string, Keys>;
}

async function build(plan: Plan): Promise<Built> {
  worlds += 1;
  const name = `w${worlds}-`;
  const domains: { id: string; path: string }[] = [];
  for (const [position, parent] of [-1, ...plan.parents].entries()) {
    const above = parent < 0 ? { id: root, path: 'ROOT' } : pick(domains, parent);
    const path = `${above.path}/${name}d${position}`;
    const { id } = await server.db
      .insertInto('domains')
      .values({ parent_id: above.id, name: `${name}d${position}`, path })
      .returning('id')
      .executeTakeFirstOrThrow();
    domains.push({ id, path });
  }
  const keys = new Map<string, Keys>();
  const accounts: Account[] = [];
  for (const [position, { domain, role }] of plan.accounts.entries()) {
    const at = pick(domains, domain);
    const account = { name: `${name}a${position}`, role, domainId: at.id, path: at.path };
    const id = await insertAccount(account, false);
    keys.set(id, await insertUser(id, account));
    await insertObjects(id, account);
    accounts.push({ id, ...account });
  }
  const projects: Project[] = [];
  for (const [position, { owner, members }] of plan.projects.entries()) {
    const { domainId, path, id: first } = pick(accounts, owner);
    const project = { name: `${name}p${position}`, role: 'User' as const, domainId, path };
    const id = await insertAccount(project, true);
    await server.db.insertInto('projects').values({ id, display_text: project.name }).execute();
    const neighbours = accounts.filter(account => account.domainId === domainId);
    const inside = [...new Set([first, ...members.map(one => pick(neighbours, one).id)])];
    await server.db
      .insertInto('project_members')
      .values(inside.map(account_id => ({ project_id: id, account_id, role: 'Admin' as const })))
      .execute();
    await insertObjects(id, project);
    projects.push({ id, ...project, members: inside });
  }
  return { name, domains, accounts, projects, keys };
}

function pick<T>(from: readonly T[], position: number): T {
  const found = from[position % from.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

type Named = Omit<Account, 'id'>;

async function insertAccount(account: Named, is_project: boolean): Promise<string> {
  const { name, role, domainId: domain_id } = account;
  const row = { domain_id, name, role, role_id: defaultRoles[role], is_project };
  const { id } = await server.db
    .insertInto('accounts')
    .values(row)
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function insertUser(account_id: string, { name, domainId }: Named): Promise<Keys> {
  const keys = newApiKeys();
  await server.db
    .insertInto('users')
    .values({
      account_id,
      domain_id: domainId,
      username: name,
      password_hash: 'none',
      first_name: 'A',
      last_name: 'B',
      email: 'a@example.org',
      api_key: keys.apiKey,
      secret_key: secrets.encrypt(keys.secretKey),
    })
    .execute();
  return keys;
}

/** One of each listed kind, named as its owner. */
async function insertObjects(account_id: string, { name, domainId }: Named): Promise<void> {
  const owner = { account_id, domain_id: domainId };
  await server.db
    .insertInto('ssh_key_pairs')
    .values({ ...owner, name, fingerprint: name, public_key: name })
    .execute();
  await server.db
    .insertInto('tags')
    .values({
      ...owner,
      resource_type: 'Network',
      resource_id: randomUUID(),
      key: name,
      value: 'x',
    })
    .execute();
  await server.db
    .insertInto('events')
    .values({
      ...owner,
      user_id: randomUUID(),
      type: 'TEST',
      level: 'INFO',
      state: 'Completed',
      description: name,
    })
    .execute();
}

const lists = [
  ['listSSHKeyPairs', 'sshkeypair', 'name'],
  ['listTags', 'tag', 'key'],
  ['listEvents', 'event', 'description'],
] as const;

function queryOf(world: Built, planned: PlannedQuery): Query {
  const { account, domain, project, listall, isrecursive } = planned;
  return {
    account: account === undefined ? undefined : pick(world.accounts, account).name,
    domainid: domain === undefined ? undefined : pick(world.domains, domain).id,
    projectid:
      project === undefined ? undefined : project === -1 ? '-1' : pick(world.projects, project).id,
    listall,
    isrecursive,
  };
}

async function shown(
  world: Built,
  [command, key, field]: readonly [string, string, string],
  { by, query }: { readonly by: Account; readonly query: Query },
): Promise<readonly string[] | 'refused'> {
  const params = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  const keys = world.keys.get(by.id);
  if (keys === undefined) throw new Error('a caller has keys');
  const { status, body } = await server.call(keys, command, Object.fromEntries(params));
  if (status !== 200) {
    expect([431, 531], JSON.stringify(body)).toContain(status);
    return 'refused';
  }
  const items: Readonly<Record<string, string>>[] = body[key] ?? [];
  return items
    .map(item => item[field] ?? '')
    .filter(name => name.startsWith(world.name))
    .toSorted();
}

test('each caller sees what the model says', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plans, async plan => {
      const world = await build(plan);
      for (const planned of plan.queries) {
        const caller = pick(world.accounts, planned.caller);
        const query = queryOf(world, planned);
        const about = JSON.stringify({ caller, query, world });
        for (const list of lists)
          expect(await shown(world, list, { by: caller, query }), `${list[0]} ${about}`).toEqual(
            seen(world, caller, query),
          );
        const { projectid: _, ...rest } = query;
        expect(
          await shown(world, ['listProjects', 'project', 'name'], {
            by: caller,
            query: { ...rest, projectid: undefined },
          }),
          `listProjects ${about}`,
        ).toEqual(seenProjects(world, caller, rest));
      }
    }),
    { numRuns: 8 },
  );
});
