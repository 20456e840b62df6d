import { IsolaError } from '@isola/model';
import { accessibleProject, identified, unknownId } from '../../access/access.ts';
import type { Handlers } from '../../http/call.ts';
import { pageOf } from '../../store/page.ts';
import { memberResponses, selectMembers } from './member-list.ts';
import { addMember, memberAccount, memberUser, removeMember } from './members.ts';
import { administeredProject } from './repository.ts';

const done = () => Promise.resolve({ success: true });

/** Commands about who is in a project. */
export const projectMemberCommands = {
  addAccountToProject: {
    kind: 'job',
    async begin(call, params) {
      const project = await administeredProject(call, {
        parameter: 'projectid',
        id: params.projectid,
      });
      if (params.account === undefined)
        throw new IsolaError('missing_parameter', { command: call.command, parameter: 'account' });
      const account = await memberAccount(call, project, params.account);
      const role = params.roletype === 'Admin' ? 'Admin' : 'Regular';
      await addMember(call, project, { account_id: account.id, user_id: null, role });
      return { object: { type: 'Project', id: project.id }, waits: null };
    },
    result: done,
  },

  addUserToProject: {
    kind: 'job',
    async begin(call, params) {
      const project = await administeredProject(call, {
        parameter: 'projectid',
        id: params.projectid,
      });
      const user = await memberUser(call, project, params.username);
      const role = params.roletype === 'Admin' ? 'Admin' : 'Regular';
      await addMember(call, project, { account_id: user.account_id, user_id: user.id, role });
      return { object: { type: 'Project', id: project.id }, waits: null };
    },
    result: done,
  },

  deleteAccountFromProject: {
    kind: 'job',
    async begin(call, params) {
      const project = await administeredProject(call, {
        parameter: 'projectid',
        id: params.projectid,
      });
      const account = await memberAccount(call, project, params.account);
      await removeMember(call, project, {
        accountId: account.id,
        userId: null,
        name: `Account ${account.name}`,
      });
      return { object: { type: 'Project', id: project.id }, waits: null };
    },
    result: done,
  },

  deleteUserFromProject: {
    kind: 'job',
    async begin(call, params) {
      const project = await administeredProject(call, {
        parameter: 'projectid',
        id: params.projectid,
      });
      const user = await call.tx
        .selectFrom('users')
        .select(['id', 'account_id', 'username'])
        .where(identified(params.userid))
        .where('domain_id', '=', project.domain_id)
        .executeTakeFirst();
      if (user === undefined) throw unknownId(call, { parameter: 'userid', id: params.userid });
      await removeMember(call, project, {
        accountId: user.account_id,
        userId: user.id,
        name: `User ${user.username}`,
      });
      return { object: { type: 'Project', id: project.id }, waits: null };
    },
    result: done,
  },

  listProjectAccounts: {
    kind: 'sync',
    async run(call, params) {
      const project = await accessibleProject(call, params.projectid);
      const { count, rows } = await pageOf(
        call,
        selectMembers(call.tx, project.id, params),
        params,
      );
      return { count, items: await memberResponses(call, project, rows) };
    },
  },
} satisfies Partial<Handlers>;
