import net from 'node:net';
import { report, type Target, whenStdinCloses } from './report.ts';

/** Brings a TCP service of this namespace to a Unix socket, which every namespace reaches. */
export function proxy(target: Target, socketPath: string): void {
  const server = net.createServer(client => {
    const upstream = net.connect(target);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  server.listen(socketPath, () => report({ ready: true }));
  whenStdinCloses(() => process.exit(0));
}
