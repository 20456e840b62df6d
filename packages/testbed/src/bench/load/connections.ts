import net from 'node:net';

/** Connections under way at a time. */
const parallel = 32;

/** Accepts connections on a port and ends them. */
export async function acceptConnections(port: number): Promise<{ port: number }> {
  const server = net.createServer(socket => {
    socket.on('error', () => undefined);
    socket.destroy();
  });
  await new Promise<void>(resolve =>
    server.listen({ port, host: '0.0.0.0', backlog: 4096 }, resolve),
  );
  return { port };
}

/** Connects to the ports one after another, as fast as it goes, for a time. Connections are reset, so that no port waits. */
export async function makeConnections({
  host,
  firstPort,
  ports,
  milliseconds,
}: {
  host: string;
  firstPort: number;
  ports: number;
  milliseconds: number;
}): Promise<{ connections: number; failures: number; milliseconds: number }> {
  const start = performance.now();
  let tried = 0;
  let connections = 0;
  let failures = 0;
  const one = async (): Promise<void> => {
    const port = firstPort + (tried % ports);
    tried += 1;
    await new Promise<void>(resolve => {
      const socket = net.connect({ host, port });
      const patience = setTimeout(() => {
        failures += 1;
        socket.destroy();
        resolve();
      }, 2000);
      socket.once('connect', () => {
        connections += 1;
        socket.resetAndDestroy();
      });
      socket.once('error', () => {
        if (socket.connecting) failures += 1;
      });
      socket.once('close', () => {
        clearTimeout(patience);
        resolve();
      });
    });
  };
  const worker = async (): Promise<void> => {
    while (performance.now() - start < milliseconds) await one();
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { connections, failures, milliseconds: performance.now() - start };
}
