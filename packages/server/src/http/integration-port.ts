import { IsolaError } from '@isola/model';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { callerOf } from '../features/session/repository.ts';
import { setting } from '../features/setting/value.ts';
import type { ApiRoute } from './api-route.ts';
import { createApp } from './app.ts';

interface IntegrationPort {
  readonly route: ApiRoute;
  /** Who makes the calls. */
  readonly userId: string;
  readonly log: Logger;
}

/** Milliseconds between two looks at the setting. */
const lookEvery = 1000;
const host = '127.0.0.1';

/**
 * Answers unsigned calls on loopback as the setting `integration.api.port` asks for, from now on. What a web page could have a
 * browser send is refused. Gives what ends it.
 */
export async function startIntegrationPort({
  route,
  userId,
  log,
}: IntegrationPort): Promise<() => Promise<void>> {
  const { db } = route.dispatcher;
  let open: { readonly port: number; readonly app: FastifyInstance } | null = null;
  let refusedPort = 0;

  async function follow(): Promise<void> {
    const port = await setting(db, 'integration.api.port');
    if (port === (open?.port ?? 0)) return;
    await open?.app.close();
    open = null;
    if (port === 0) return;
    const app = createApp({ ...route, unsigned: () => callerOf(db, userId) }, [
      '/client/api',
      '/client/api/',
      '/',
    ]);
    app.addHook('onRequest', async request => insistOnTool(request));
    try {
      await app.listen({ host, port });
      open = { port, app };
      log.warn({ port }, 'unsigned calls are answered on loopback');
    } catch (error) {
      if (refusedPort !== port) log.error({ err: error, port }, 'integration.api.port is taken');
      refusedPort = port;
    }
  }

  const look = (): Promise<void> =>
    follow().catch((error: unknown) =>
      log.error({ err: error }, 'integration.api.port could not be followed'),
    );
  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, lookEvery);
  return async () => {
    clearInterval(timer);
    await looking;
    await open?.app.close();
  };
}

/** Browsers say where a request comes from, and send the name that a page gave to this address. */
function insistOnTool({ headers }: FastifyRequest): void {
  const name = (headers.host ?? '').replace(/:\d+$/, '');
  const byPage = headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
  if (!byPage && (name === host || name === 'localhost')) return;
  throw new IsolaError('not_permitted', { reason: 'This port is for tools on this machine only' });
}
