import { type Answer, commands, decodeParams, errorAnswer, resultAnswer } from '@isola/api';
import { IsolaError } from '@isola/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { LoginAttempts } from '../features/session/attempts.ts';
import { login } from '../features/session/login.ts';
import { closeSession } from '../features/session/session.ts';
import { setting } from '../features/setting/value.ts';
import { authenticate } from './authenticate.ts';
import type { Caller } from './call.ts';
import type { CallerCache } from './caller-cache.ts';
import { commandNamed } from './command-names.ts';
import { clearCookie, cookieOf, setCookie } from './cookies.ts';
import { type Dispatcher, dispatch } from './dispatch.ts';
import { errorForCaller } from './internal-error.ts';
import type { Metrics } from './metrics.ts';
import { type Pairs, pairsOf, valueOf } from './pairs.ts';
import { sendAnswer } from './reply.ts';
import { throttle } from './throttle.ts';
import type { WholeList } from './whole-list.ts';

export interface ApiRoute {
  readonly dispatcher: Dispatcher;
  readonly callers: CallerCache;
  readonly attempts: LoginAttempts;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly serverId: string;
  /** Who makes calls that nobody signed; without it every call must be signed or have a session. */
  readonly unsigned?: () => Promise<Caller | null>;
}

interface Result {
  readonly status: number;
  readonly answer: Answer | WholeList;
}

/** Answers one API call. Every fault becomes an answer. */
export async function answerCall(
  route: ApiRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const started = performance.now();
  const pairs = pairsOf(request);
  const text = valueOf(pairs, 'command');
  const command = text === undefined ? undefined : commandNamed(text);
  let result: Result;
  try {
    if (command === undefined)
      throw new IsolaError('unknown_command', { command: text?.slice(0, 100) ?? '(none)' });
    result = await answerCommand({ route, request, reply, pairs, command });
  } catch (error) {
    const told = errorForCaller(error, route.log.child({ command }));
    result = { status: told.status, answer: errorAnswer(command, told) };
  }
  route.metrics.called(command ?? 'unknown', {
    status: result.status,
    seconds: (performance.now() - started) / 1000,
  });
  return sendAnswer(reply, pairs, result);
}

interface Context {
  readonly route: ApiRoute;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly pairs: Pairs;
  readonly command: keyof typeof commands;
}

async function answerCommand(context: Context): Promise<Result> {
  const { route, request, pairs, command } = context;
  if (command === 'login') return answerLogin(context);
  const { db, secrets } = route.dispatcher;
  if (command === 'logout') return answerLogout(context);
  const idleSeconds = (await setting(db, 'session.timeout')) * 60;
  const caller =
    route.unsigned === undefined
      ? await authenticate({ db, secrets, callers: route.callers, idleSeconds }, request, pairs)
      : await route.unsigned();
  if (caller === null) throw new IsolaError('unauthenticated');
  await throttle(db, route.dispatcher.apiLimits, caller);
  const result = await dispatch(route.dispatcher, command, { caller, pairs });
  if (changesCallers(command)) route.callers.clear();
  return result;
}

/** A password in a URL ends up in logs and histories: `login` is POST only, with the password in the body. */
async function answerLogin({ route, request, reply, pairs }: Context): Promise<Result> {
  if (request.method !== 'POST') throw new IsolaError('post_required', { command: 'login' });
  const { db } = route.dispatcher;
  const { keys, result } = await login(
    {
      db,
      attempts: route.attempts,
      address: request.ip,
      idleSeconds: (await setting(db, 'session.timeout')) * 60,
      serverId: route.serverId,
    },
    decodeParams(commands.login, pairs),
  );
  reply.header('set-cookie', [
    setCookie('JSESSIONID', keys.token),
    setCookie('sessionkey', keys.sessionKey),
  ]);
  return { status: 200, answer: resultAnswer(commands.login, result) };
}

/** Ends the session of the cookie, whether or not it was still alive. Another site cannot send that cookie. */
async function answerLogout({ route, request, reply }: Context): Promise<Result> {
  const token = cookieOf(request.headers, 'JSESSIONID');
  if (token !== undefined) await closeSession(route.dispatcher.db, token);
  reply.header('set-cookie', [clearCookie('JSESSIONID'), clearCookie('sessionkey')]);
  return { status: 200, answer: resultAnswer(commands.logout, { description: 'success' }) };
}

/** Whether callers remembered by API key may be wrong after the command. */
function changesCallers(command: keyof typeof commands): boolean {
  return /^(?:register|create|update|delete|disable|enable|lock|import|move)(?:User|Account|Domain|Role)/.test(
    command,
  );
}
