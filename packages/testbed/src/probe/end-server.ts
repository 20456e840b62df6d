import type net from 'node:net';
import type { Io } from './io.ts';

/** Ends the server with all its connections when nobody needs it any more. */
export function endServer(server: net.Server, io: Io): void {
  const open = new Set<net.Socket>();
  server.on('connection', socket => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.once('error', error => io.fail(error));
  io.onEnd(() => {
    server.close();
    for (const socket of open) socket.destroy();
    io.exit(0);
  });
}
