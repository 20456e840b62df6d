import http from 'node:http';
import { report, type Target, whenStdinCloses } from './report.ts';

/** A web page with `text` and the caller's address. */
export function webServer({ host, port }: Target, text: string): void {
  const server = http.createServer((request, response) =>
    response.end(`${text} ${request.socket.remoteAddress}\n`),
  );
  server.listen(port, host, () => report({ ready: true }));
  whenStdinCloses(() => process.exit(0));
}
