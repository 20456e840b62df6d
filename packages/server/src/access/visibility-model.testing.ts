import type { RoleKind } from '../store/schema.ts';

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: RoleKind;
  readonly domainId: string;
  readonly path: string;
}

export interface Project extends Account {
  /** Ids of accounts. */
  readonly members: readonly string[];
}

export interface World {
  readonly domains: readonly { readonly id: string; readonly path: string }[];
  readonly accounts: readonly Account[];
  readonly projects: readonly Project[];
}

export interface Query {
  readonly account?: string | undefined;
  readonly domainid?: string | undefined;
  readonly projectid?: string | undefined;
  readonly listall?: boolean | undefined;
  readonly isrecursive?: boolean | undefined;
}

type Answer = readonly string[] | 'refused';

/** Names of the owners whose objects a list shows, said one owner at a time, as the manual does. */
export function seen(world: World, caller: Account, query: Query): Answer {
  if (!isAllowed(world, caller, query)) return 'refused';
  const everybody = [...world.accounts, ...world.projects];
  return namesOf(
    everybody.filter(
      owner =>
        isInDomainAskedFor(world, owner, query) && isAskedFor(world, { caller, query }, owner),
    ),
  );
}

/** Names of the projects that `listProjects` shows. */
export function seenProjects(world: World, caller: Account, query: Query): Answer {
  if (!isAllowed(world, caller, query)) return 'refused';
  const asked = query.account === undefined ? caller : named(world, caller, query);
  const everywhere = rules(caller) && (query.listall === true || query.domainid !== undefined);
  return namesOf(
    world.projects.filter(project => {
      if (!isInDomainAskedFor(world, project, query)) return false;
      if (query.account === undefined && everywhere) return isBelow(caller, project.path);
      return asked !== undefined && project.members.includes(asked.id);
    }),
  );
}

function namesOf(owners: readonly Account[]): string[] {
  return owners.map(({ name }) => name).toSorted();
}

function rules({ role }: Account): boolean {
  return role !== 'User';
}

/** Whether the caller administers what is at `path`. */
function isBelow(caller: Account, path: string): boolean {
  if (caller.role === 'Root Admin') return true;
  return rules(caller) && `${path}/`.startsWith(`${caller.path}/`);
}

function isAllowed(world: World, caller: Account, query: Query): boolean {
  if (query.account !== undefined && query.projectid !== undefined) return false;
  const domain = world.domains.find(({ id }) => id === query.domainid);
  if (domain !== undefined && domain.id !== caller.domainId && !isBelow(caller, domain.path))
    return false;
  if (query.account !== undefined) {
    const account = named(world, caller, query);
    if (account === undefined) return false;
    return account.id === caller.id || isBelow(caller, account.path);
  }
  if (query.projectid === undefined || query.projectid === '-1') return true;
  const project = world.projects.find(({ id }) => id === query.projectid);
  if (project === undefined) return false;
  return isBelow(caller, project.path) || project.members.includes(caller.id);
}

function named(world: World, caller: Account, { account, domainid }: Query): Account | undefined {
  return world.accounts.find(
    ({ name, domainId }) => name === account && domainId === (domainid ?? caller.domainId),
  );
}

function isInDomainAskedFor(world: World, owner: Account, query: Query): boolean {
  const domain = world.domains.find(({ id }) => id === query.domainid);
  if (domain === undefined || owner.domainId === domain.id) return true;
  return query.isrecursive === true && owner.path.startsWith(`${domain.path}/`);
}

interface Asked {
  readonly caller: Account;
  readonly query: Query;
}

function isAskedFor(world: World, { caller, query }: Asked, owner: Account): boolean {
  if (query.account !== undefined) return owner.id === named(world, caller, query)?.id;
  const project = world.projects.find(({ id }) => id === owner.id);
  if (query.projectid === '-1') return isOfAllProjects(world, { caller, query }, owner);
  if (query.projectid !== undefined) return owner.id === query.projectid;
  if (project !== undefined) return false;
  if (!rules(caller)) return owner.id === caller.id;
  if (query.domainid !== undefined || query.listall === true) return isBelow(caller, owner.path);
  return owner.id === caller.id;
}

function isOfAllProjects(world: World, { caller, query }: Asked, owner: Account): boolean {
  const project = world.projects.find(({ id }) => id === owner.id);
  if (caller.role === 'Root Admin') return query.listall === true || project !== undefined;
  if (project !== undefined) return project.members.includes(caller.id);
  const isInNone = !world.projects.some(({ members }) => members.includes(caller.id));
  return owner.id === caller.id && (query.listall === true || isInNone);
}
