import { request } from 'node:http';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { replyOf, type TestServer, testServer } from './test-server.ts';

let server: TestServer;
let port: number;

beforeAll(async () => {
  server = await testServer();
  port = await freePort();
});
afterAll(() => server.close());

/** One that nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

const set = (value: number) =>
  server.call(server.admin, 'updateConfiguration', {
    name: 'integration.api.port',
    value: String(value),
  });

const unsigned = (query: string, path = '/client/api') =>
  fetch(`http://127.0.0.1:${port}${path}?response=json&${query}`);

/** `fetch` chooses the Host header itself. */
function statusFor(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = '/client/api?command=listUsers';
    const sent = request({ host: '127.0.0.1', port, path, headers }, response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('the port is closed until the setting opens it, then answers unsigned calls as the administrator, and closes again', async () => {
  await expect(unsigned('command=listUsers')).rejects.toThrow();
  expect((await set(port)).status).toBe(200);
  await vi.waitFor(() => unsigned('command=listUsers'), { timeout: 10_000 });
  for (const path of ['/client/api', '/']) {
    const { status, body } = await replyOf(await unsigned('command=listUsers', path));
    expect(status).toBe(200);
    expect(body.user[0].username).toBe('admin');
  }
  const { body } = await replyOf(await unsigned('command=createDomain&name=unsigned'));
  expect(body.domain.path).toBe('ROOT/unsigned');
  // The usual endpoint stays as it is.
  expect((await fetch(`${server.url}?command=listUsers`)).status).toBe(401);

  expect(await statusFor({ host: `localhost:${port}` })).toBe(200);
  expect(await statusFor({ host: `evil.example:${port}` })).toBe(531);
  expect(await statusFor({ origin: 'https://evil.example' })).toBe(531);

  expect((await set(0)).status).toBe(200);
  await vi.waitFor(() => expect(unsigned('command=listUsers')).rejects.toThrow(), {
    timeout: 10_000,
  });
});
