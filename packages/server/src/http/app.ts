import { errorAnswer } from '@isola/api';
import { IsolaError } from '@isola/model';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { type ApiRoute, answerCall } from './api-route.ts';
import { addDownloads } from './download.ts';
import { errorForCaller } from './internal-error.ts';
import { httpLimits } from './limits.ts';
import { pairsOf } from './pairs.ts';
import { securityHeaders, sendAnswer } from './reply.ts';

/** The HTTP server: the API, and for the machine itself `/health` and `/metrics`. Not listening yet. */
export function createApp(
  route: ApiRoute,
  paths: readonly string[] = ['/client/api', '/client/api/'],
): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: httpLimits.bodyBytes,
    requestTimeout: httpLimits.requestTimeout,
    keepAliveTimeout: httpLimits.keepAliveTimeout,
    http: { maxHeaderSize: httpLimits.headerBytes },
    forceCloseConnections: 'idle',
    // The API reads the query by itself, in the order sent.
    routerOptions: { querystringParser: () => ({}), maxParamLength: 500 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null));

  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(securityHeaders);
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const told = isRefusedRequest(error)
      ? new IsolaError('refused_value', { reason: error.message })
      : errorForCaller(error, route.log);
    return sendAnswer(reply, pairsOf(request), {
      status: told.status,
      answer: errorAnswer(undefined, told),
    });
  });

  // A connection whose call ends while the server closes is not kept: the end would wait for it.
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });

  for (const url of paths)
    app.route({
      method: ['GET', 'POST'],
      url,
      handler: (request, reply) => answerCall(route, request, reply),
    });
  addDownloads(app, route.dispatcher.db);
  app.get('/health', async (request, reply) => {
    if (!isLocal(request)) return reply.callNotFound();
    await sql`select 1`.execute(route.dispatcher.db);
    return reply.type('application/json').send('{"status":"ok"}');
  });
  app.get('/metrics', async (request, reply) => {
    if (!isLocal(request)) return reply.callNotFound();
    return reply.type(route.metrics.contentType).send(await route.metrics.text());
  });
  return app;
}

/** An error of Fastify's own about what was sent: too long, not parsable. */
function isRefusedRequest(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode < 500
  );
}

function isLocal(request: FastifyRequest): boolean {
  const address = request.socket.remoteAddress ?? '';
  return /^(?:::ffff:)?127\./.test(address) || address === '::1';
}
