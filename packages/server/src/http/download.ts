import type { FastifyInstance } from 'fastify';
import { downloadPath } from '../features/router/diagnostics.ts';
import { diagnosticsLifetime } from '../reconciler/router-work.ts';
import type { Db } from '../store/database.ts';

/** Gives out packed files of routers to whoever has their token. */
export function addDownloads(app: FastifyInstance, db: Db): void {
  app.get<{ Params: { token: string } }>(`${downloadPath}:token`, async (request, reply) => {
    const row = await db
      .selectFrom('diagnostics')
      .innerJoin('routers', 'routers.id', 'diagnostics.router_id')
      .select(['diagnostics.archive', 'routers.name'])
      .where('diagnostics.token', '=', request.params.token)
      .where('diagnostics.created', '>', new Date(Date.now() - diagnosticsLifetime))
      .executeTakeFirst();
    if (row === undefined || row.archive === null) return reply.callNotFound();
    return reply
      .type('application/gzip')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="diagnostics-${row.name}.tar.gz"`)
      .send(row.archive);
  });
}
