import { IsolaError } from '@isola/model';
import type { Call } from '../http/call.ts';

/**
 * Refuses (531), whoever calls, to begin something for an account that is disabled or a project that is suspended. Neither happens
 * until the transaction ends: call before the account's things are locked. Who disables or suspends locks for update, so a key
 * share keeps both away; more would wait for those who reserve resources of the account, and they for it.
 */
export async function requireActiveOwner(
  { tx }: Pick<Call, 'tx'>,
  accountId: string,
): Promise<void> {
  const account = await tx
    .selectFrom('accounts')
    .select(['name', 'state'])
    .where('id', '=', accountId)
    .forKeyShare()
    .executeTakeFirst();
  if (account?.state === 'disabled')
    throw new IsolaError('not_permitted', {
      reason: `The owner, account ${account.name}, is disabled`,
    });
  await requireActiveProject({ tx }, accountId);
}

/** As `requireActiveOwner`, of projects only. */
export async function requireActiveProject(
  { tx }: Pick<Call, 'tx'>,
  accountId: string,
): Promise<void> {
  const project = await tx
    .selectFrom('projects')
    .innerJoin('accounts', 'accounts.id', 'projects.id')
    .select(['accounts.name', 'projects.state'])
    .where('projects.id', '=', accountId)
    .forKeyShare('projects')
    .executeTakeFirst();
  if (project === undefined || project.state === 'Active') return;
  throw new IsolaError('not_permitted', {
    reason: `Nothing is added to or started in project ${project.name}: it is ${project.state}`,
  });
}
