import http from 'node:http';
import type { Io, Target } from './io.ts';

/** A web page with `text` and the caller's address. */
export function webServer({ host, port, text }: Target & { readonly text: string }, io: Io): void {
  const server = http.createServer((request, response) =>
    response.end(`${text} ${request.socket.remoteAddress}\n`),
  );
  server.listen(port, host, () => io.report({ ready: true }));
  server.once('error', error => io.fail(error));
  io.onEnd(() => {
    server.close();
    server.closeAllConnections();
    io.exit(0);
  });
}
