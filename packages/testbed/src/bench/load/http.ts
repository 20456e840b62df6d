import http from 'node:http';

/** Connections kept open, and calls under way at a time. */
const parallel = 8;

/** A bare HTTP server on a loopback port that answers every request with `body`. */
export async function serveBody(body: string): Promise<{ port: number }> {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return { port: address.port };
}

/** Makes `calls` GET requests of one path on a loopback port. Rejects unless each is answered with 200. */
export async function makeCalls({
  port,
  path,
  calls,
}: {
  port: number;
  path: string;
  calls: number;
}): Promise<{ milliseconds: number; bytes: number }> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: parallel });
  const start = performance.now();
  let left = calls;
  let bytes = 0;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = http.get({ host: '127.0.0.1', port, path, agent }, response => {
        response.on('data', (data: Buffer) => {
          bytes += data.length;
        });
        response.once('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`status ${response.statusCode}`));
        });
      });
      request.once('error', reject);
    });
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  agent.destroy();
  return { milliseconds: performance.now() - start, bytes };
}
