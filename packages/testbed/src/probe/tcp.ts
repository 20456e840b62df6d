import net from 'node:net';
import { endServer } from './end-server.ts';
import type { Io, Target } from './io.ts';

/** Greets each caller with the address it came from, then echoes. */
export function tcpServer({ host, port }: Target, io: Io): void {
  const server = net.createServer(socket => {
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    socket.write(`${socket.remoteAddress}\n`);
    socket.pipe(socket);
  });
  server.listen(port, host, () => io.report({ ready: true }));
  endServer(server, io);
}

/** Connects once: `{ ok, peer }` with the address that the server saw, or `{ ok: false, reason }`. */
export function tcpOnce(
  { host, port, timeout }: Target & { readonly timeout: number },
  io: Io,
): void {
  const socket = net.connect({ host, port });
  let text = '';
  const end = (result: Record<string, unknown>): void => {
    socket.destroy();
    clearTimeout(timer);
    io.report(result);
    io.exit(0);
  };
  const timer = setTimeout(() => end({ ok: false, reason: 'timeout' }), timeout);
  socket.on('error', (error: NodeJS.ErrnoException) =>
    end({ ok: false, reason: error.code ?? error.message }),
  );
  socket.on('data', data => {
    text += data.toString();
    const line = text.indexOf('\n');
    if (line >= 0) end({ ok: true, peer: text.slice(0, line) });
  });
}

/** Keeps one connection busy with an exchange every 20 ms; reports exchanges, the longest stall (ms) and whether it lived. */
export function holdTcp({ host, port }: Target, io: Io): void {
  const socket = net.connect({ host, port });
  socket.setNoDelay(true);
  let exchanges = 0;
  let longestStallMs = 0;
  let last = performance.now();
  let greeted = false;
  let failure: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  socket.on('data', () => {
    const now = performance.now();
    longestStallMs = Math.max(longestStallMs, greeted ? now - last : 0);
    last = now;
    if (!greeted) io.report({ ready: true });
    greeted = true;
    exchanges += 1;
    timer = setTimeout(() => socket.write('x\n'), 20);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error.code ?? error.message;
    if (!greeted) {
      io.report({ ready: false, reason: failure });
      io.exit(1);
    }
  });
  socket.once('close', () => {
    failure ??= 'closed';
  });
  io.onEnd(() => {
    clearTimeout(timer);
    const stalled = performance.now() - last;
    const alive = failure === null;
    socket.destroy();
    io.report({
      alive,
      failure,
      exchanges,
      longestStallMs: Math.round(Math.max(longestStallMs, stalled)),
    });
    io.exit(0);
  });
}
