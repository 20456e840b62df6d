import type { ImageStores } from '@isola/agent-protocol';
import {
  type Answer,
  acceptedAnswer,
  type CommandDefinition,
  type CommandName,
  commands,
  decodeParams,
  jobResultTree,
  resultAnswer,
} from '@isola/api';
import { IsolaError } from '@isola/model';
import { withNotes } from '../features/annotation/noted.ts';
import { readableBy, readableInJobOf } from '../features/annotation/readable.ts';
import { permits } from '../features/role/permits.ts';
import { setting, settingsChanged } from '../features/setting/value.ts';
import type { HostWork } from '../fleet/host-work.ts';
import type { SecretBox } from '../identity/secret.ts';
import type { JobResult } from '../jobs/complete.ts';
import { createJob } from '../jobs/create.ts';
import { endJobs } from '../jobs/end.ts';
import type { JobWaiters } from '../jobs/waiters.ts';
import type { Reconciler } from '../reconciler/reconciler.ts';
import type { RouterErrand, RouterWork } from '../reconciler/router-work.ts';
import type { Mocks } from '../simulator/mocks.ts';
import type { Db } from '../store/database.ts';
import type { JobRow } from '../store/schema.ts';
import type { BuiltInTemplate } from '../store/seed/built-in-templates.ts';
import { transact } from '../store/transaction.ts';
import type { Templates } from '../templates/templates.ts';
import type { ApiLimits } from './api-limits.ts';
import { awaitedAnswer } from './awaited.ts';
import type { Call, Caller, Handler, Handlers, Intent, Owner, SessionCommand } from './call.ts';
import { isCommandName } from './command-names.ts';
import type { Pairs } from './pairs.ts';
import { recordChange } from './record-change.ts';
import { type WholeList, wantsWholeList, wholeList } from './whole-list.ts';

export type HandledCommand = Exclude<CommandName, SessionCommand>;

export interface Dispatcher {
  readonly db: Db;
  readonly handlers: Handlers;
  readonly secrets: SecretBox;
  readonly waiters: JobWaiters;
  readonly reconciler: Reconciler;
  readonly imageStores: ImageStores;
  readonly builtInTemplates: readonly BuiltInTemplate[];
  readonly apiLimits: ApiLimits;
  readonly templates: Pick<Templates, 'wake'>;
  readonly hosts: Omit<HostWork, 'close'>;
  readonly routerWork: Pick<RouterWork, 'begin'>;
  /** Of the simulator, when there is one. */
  readonly mocks: Mocks | null;
}

/** Runs a command for a caller whose identity is proved: checks the role, decodes, runs the handler in one transaction. */
export async function dispatch<N extends HandledCommand>(
  context: Dispatcher,
  name: N,
  request: { readonly caller: Caller; readonly pairs: Pairs },
): Promise<{ readonly status: number; readonly answer: Answer | WholeList }> {
  const definition: CommandDefinition = commands[name];
  if (!permits(request.caller.role, definition))
    throw new IsolaError('unknown_command', { command: name });
  const params = decodeParams(commands[name], request.pairs);
  const handler: Handler<N> = context.handlers[name];
  const wakes: (() => void)[] = [];
  const { account, domain } = request.caller;
  const owners: Owner[] = [];
  const owner = (): Owner => owners[0] ?? { account_id: account.id, domain_id: domain.id };
  const frame = {
    caller: request.caller,
    command: name,
    concerns: (named: Owner) => void owners.push(named),
    secrets: context.secrets,
    maxPageSize: await setting(context.db, 'default.page.size'),
    imageStores: context.imageStores,
    builtInTemplates: context.builtInTemplates,
    wake: (...target: Parameters<Reconciler['wake']>) =>
      void wakes.push(() => context.reconciler.wake(...target)),
    wakeTemplates: () => void wakes.push(() => context.templates.wake()),
    settingsChanged: () => void wakes.push(settingsChanged),
    hosts: {
      installs: context.hosts.installs,
      add: (...work: Parameters<HostWork['add']>) =>
        void wakes.push(() => context.hosts.add(...work)),
      simulates: context.hosts.simulates,
      simulate: (...work: Parameters<HostWork['simulate']>) =>
        void wakes.push(() => context.hosts.simulate(...work)),
      removed: (hostId: string) => void wakes.push(() => context.hosts.removed(hostId)),
      reconnect: (hostId: string) => void wakes.push(() => context.hosts.reconnect(hostId)),
    },
    apiLimits: context.apiLimits,
    mocks: context.mocks,
    beginErrand: (errand: RouterErrand) => void wakes.push(() => context.routerWork.begin(errand)),
    healthChecks: (routerId: string) => context.reconciler.healthChecks(routerId),
  };

  const all = account.role === 'Root Admin';
  const readable = readableBy(request.caller);
  const done = async (result: object) => {
    const noted = await withNotes(context.db, { definition, result, readable });
    return { status: 200, answer: resultAnswer(definition, noted) };
  };

  if (handler.kind === 'sync') {
    if (all && handler.waitsOutside !== true && wantsWholeList(definition, params)) {
      const { maxPageSize: pagesize } = frame;
      const pageAt = async (tx: Db, page: number) => {
        const result = await handler.run({ ...frame, tx }, { ...params, page, pagesize });
        return withNotes(tx, { definition, result, readable });
      };
      return { status: 200, answer: await wholeList(context.db, { definition, pageAt, pagesize }) };
    }
    if (handler.waitsOutside === true || (definition.event === undefined && isRead(name)))
      return done(await handler.run({ ...frame, tx: context.db }, params));
    const result = await transact(context.db, async tx => {
      wakes.length = 0;
      owners.length = 0;
      const call = { ...frame, tx };
      const changed = await handler.run(call, params);
      await recordChange(call, { params, result: changed, owner: owner() });
      return changed;
    });
    for (const wake of wakes) wake();
    return done(result);
  }

  const begun = await transact(context.db, async tx => {
    wakes.length = 0;
    owners.length = 0;
    const call: Call = { ...frame, tx };
    const intent = await handler.begin(call, params);
    if (intent.waits !== null && intent.waits.kind !== 'removal')
      call.wake(intent.waits.kind, intent.waits.id);
    return accept(call, { definition, params, intent, owner: owner(), handler });
  });
  for (const wake of wakes) wake();
  if (handler.kind === 'job') return { status: 200, answer: accepted(definition, begun) };
  return awaitedAnswer(begun.status === 0 ? await context.waiters.ended(begun.id) : begun);
}

/** Whether a command without an event changes nothing. */
function isRead(name: string): boolean {
  return /^(?:list|get|query|find)/.test(name);
}

interface Begun<N extends CommandName> {
  readonly definition: CommandDefinition;
  readonly params: object;
  readonly intent: Intent;
  readonly owner: Owner;
  readonly handler: Exclude<Handler<N>, { kind: 'sync' }>;
}

/** Creates the job; one that waits for nothing ends in the same transaction. */
async function accept<N extends CommandName>(
  call: Call,
  { definition, params, intent, owner, handler }: Begun<N>,
): Promise<JobRow> {
  const job = await createJob(call, { params, intent, owner });
  if (intent.waits !== null) return job;
  const done = await handler.result(call.tx, job);
  const readable = readableInJobOf(job.user_id);
  const result = jobResultTree(
    definition,
    await withNotes(call.tx, { definition, result: done, readable }),
  );
  await endJobs(call.tx, [{ job, ending: { kind: 'success', result } }]);
  return { ...job, status: 1, result };
}

function accepted(definition: CommandDefinition, job: JobRow): Answer {
  return acceptedAnswer(definition, { jobid: job.id, id: job.object_id ?? undefined });
}

/** Computes a job's result with its command's handler. */
export function jobResults(handlers: Handlers): JobResult {
  return async (db, job) => {
    const { command } = job;
    if (!isCommandName(command) || command === 'login' || command === 'logout')
      throw new Error(`job of ${command}, which no handler knows`);
    const handler = handlers[command];
    if (handler.kind === 'sync') throw new Error(`${command} makes no jobs`);
    const definition: CommandDefinition = commands[command];
    const result = await handler.result(db, job);
    const readable = readableInJobOf(job.user_id);
    return jobResultTree(definition, await withNotes(db, { definition, result, readable }));
  };
}
