import { IsolaError } from '@isola/model';
import { identified, isMember, requireOwner, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import { tagsColumn } from '../tag/select.ts';

/** Projects with their account; those that are being deleted are gone. */
export function selectProjects(db: Db) {
  return db
    .selectFrom('projects')
    .innerJoin('accounts', 'accounts.id', 'projects.id')
    .innerJoin('domains', 'domains.id', 'accounts.domain_id')
    .selectAll('projects')
    .select([
      'accounts.seq',
      'accounts.name',
      'accounts.role',
      'accounts.is_project',
      'accounts.created',
      'accounts.domain_id',
      'domains.name as domain',
      'domains.seq as domain_seq',
      tagsColumn('Project'),
    ])
    .where('accounts.state', '<>', 'removed');
}

export type ShownProject = Awaited<
  ReturnType<ReturnType<typeof selectProjects>['executeTakeFirstOrThrow']>
>;

interface Named {
  readonly parameter: 'id' | 'projectid';
  readonly id: string;
}

/**
 * A project that the caller may change, its row locked: administrators above it and its own. 431 when there is none of that id, 531
 * when it is not the caller's.
 */
export async function administeredProject(call: Call, named: Named): Promise<ShownProject> {
  const project = await selectProjects(call.tx)
    .where(identified(named.id, 'accounts'))
    .forUpdate('projects')
    .executeTakeFirst();
  if (project === undefined) throw unknownId(call, named);
  const owner = { account_id: project.id, domain_id: project.domain_id };
  await requireOwner(call, owner, `project ${project.id}`);
  if (call.caller.account.role === 'User' && !(await isMember(call, project.id, 'Admin')))
    throw new IsolaError('not_permitted', {
      reason: `Account ${call.caller.account.name} does not administer project ${project.name}`,
    });
  return project;
}

/** Who administers each of the projects, by project. */
export async function ownersOf(
  db: Db,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>> {
  const owners = new Map<string, Readonly<Record<string, string>>[]>();
  if (projectIds.length === 0) return owners;
  const rows = await db
    .selectFrom('project_members')
    .innerJoin('accounts', 'accounts.id', 'project_members.account_id')
    .leftJoin('users', 'users.id', 'project_members.user_id')
    .select([
      'project_members.project_id',
      'project_members.user_id',
      'accounts.name as account',
      'users.username',
    ])
    .where('project_members.project_id', 'in', [...projectIds])
    .where('project_members.role', '=', 'Admin')
    .orderBy('project_members.seq')
    .execute();
  for (const { project_id, account, user_id, username } of rows) {
    const known = owners.get(project_id) ?? [];
    const user = user_id === null || username === null ? {} : { user: username, userid: user_id };
    known.push({ account, ...user });
    owners.set(project_id, known);
  }
  return owners;
}
