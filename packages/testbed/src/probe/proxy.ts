import net from 'node:net';
import { endServer } from './end-server.ts';
import type { Io, Target } from './io.ts';

/** Brings a TCP service of this namespace to a Unix socket, which every namespace reaches. */
export function proxy(
  { host, port, socketPath }: Target & { readonly socketPath: string },
  io: Io,
): void {
  const server = net.createServer(client => {
    const upstream = net.connect({ host, port });
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  server.listen(socketPath, () => io.report({ ready: true }));
  endServer(server, io);
}
