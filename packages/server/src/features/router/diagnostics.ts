import { randomUUID } from 'node:crypto';
import type { ParamsOf, ResultOf } from '@isola/api';
import {
  defaultDiagnosticFiles,
  diagnosticFileSchema,
  diagnosticOutcomeSchema,
  IsolaError,
  parseDiagnostic,
} from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import type { RouterErrand } from '../../reconciler/router-work.ts';
import type { Db } from '../../store/database.ts';
import type { JobRow } from '../../store/schema.ts';
import { hostWaits } from '../host/waits.ts';
import { textSetting } from '../setting/value.ts';
import { ownedRouter } from './repository.ts';

/** Has a router try something out. 431 for a type, address or option that is not taken. */
export function beginDiagnostics(call: Call, params: ParamsOf<'runDiagnostics'>): Promise<Intent> {
  const diagnostic = parseDiagnostic({
    type: params.type,
    target: params.ipaddress,
    options: params.params ?? '',
  });
  return begin(call, params.targetid, { kind: 'diagnose', diagnostic });
}

/** What came of a diagnostic. */
export async function diagnosticsOfJob(db: Db, job: JobRow): Promise<ResultOf<'runDiagnostics'>> {
  const { outcome } = await resultOf(db, job);
  const { exitCode, stdout, stderr } = diagnosticOutcomeSchema.parse(outcome);
  return { exitcode: String(exitCode), stdout, stderr };
}

/** Has files of a router packed. 431 for one that is not given out. */
export function beginCollection(
  call: Call,
  params: ParamsOf<'getDiagnosticsData'>,
): Promise<Intent> {
  const files = params.files ?? defaultDiagnosticFiles;
  const wrong = files.find(file => !diagnosticFileSchema.safeParse(file).success);
  if (wrong !== undefined)
    throw new IsolaError('refused_value', {
      reason: `files: ${wrong} is neither a log nor a configuration of the router`,
    });
  return begin(call, params.targetid, { kind: 'collect', files });
}

/** Where the packed files can be had, for a day. */
export async function collectionOfJob(
  db: Db,
  job: JobRow,
): Promise<ResultOf<'getDiagnosticsData'>> {
  const { token } = await resultOf(db, job);
  const endpoint = await textSetting(db, 'endpoint.url');
  return { url: `${endpoint.replace(/\/client\/api\/?$/, '')}${downloadPath}${token ?? ''}` };
}

/** Path of the downloads; a token follows. */
export const downloadPath = '/client/diagnostics/';

async function begin(
  call: Call,
  targetId: string,
  wanted: RouterErrand['wanted'],
): Promise<Intent> {
  const router = await ownedRouter(call, { parameter: 'targetid', id: targetId });
  if (router.state !== 'Running')
    throw new IsolaError('refused_value', {
      reason: `Router ${router.name} is ${router.state}, not Running`,
    });
  const id = randomUUID();
  call.beginErrand({ id, routerId: router.id, wanted });
  return { object: { type: 'DomainRouter', id: router.id }, waits: hostWaits(id) };
}

async function resultOf(db: Db, job: JobRow) {
  return db
    .selectFrom('diagnostics')
    .select(['outcome', 'token'])
    .where('id', '=', job.waits_id)
    .executeTakeFirstOrThrow();
}
