import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayFetchFrom } from './allowed-address.ts';
import { type DownloadLimits, download } from './download.ts';

const limits: DownloadLimits = {
  redirects: 2,
  answerMs: 300,
  totalMs: 20_000,
  slowest: { bytes: 1000, windowMs: 300 },
};
const loopback = ['127.0.0.1/32'];

describe('a download', () => {
  let server: Server;
  let base = '';
  const closed: string[] = [];

  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/file': response => response.end('content'),
    '/to-file': response => response.writeHead(302, { location: '/file' }).end(),
    '/to-internal': response =>
      response.writeHead(302, { location: 'http://127.0.0.2:9/secret' }).end(),
    '/to-metadata': response =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
    '/to-name': response =>
      response.writeHead(302, { location: `http://localhost:${portOf(server)}/file` }).end(),
    '/to-local-file': response => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    '/round': response => response.writeHead(302, { location: '/round' }).end(),
    '/missing': response => response.writeHead(404).end('no'),
    '/zipped': response => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    '/silent': () => undefined,
    '/huge': response => response.writeHead(200, { 'content-length': String(2 ** 50) }).write('x'),
    '/endless': response => {
      const chunk = Buffer.alloc(64_000);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
    '/drip': response => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    },
    '/cut': response => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    },
    '/cut-chunked': response => void response.write('half', () => response.destroy()),
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? '';
      response.on('close', () => closed.push(path));
      expect(request.headers.authorization).toBeUndefined();
      (answers[path] ?? answers['/missing'])?.(response);
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${portOf(server)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function fetched(
    path: string,
    { allowed = loopback, maxBytes = 1_000_000, change = {} as Partial<DownloadLimits> } = {},
  ): Promise<string> {
    const { signal } = new AbortController();
    const { content } = await download(path.startsWith('http') ? path : base + path, {
      limits: { ...limits, ...change },
      maxBytes,
      allowed,
      signal,
    });
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  it('gives the content, also after redirects', async () => {
    expect(await fetched('/file')).toBe('content');
    expect(await fetched('/to-file')).toBe('content');
  });

  it.each([
    ['/file', [], /127.0.0.1 is an internal address/],
    ['/to-internal', loopback, /127.0.0.2 is an internal address/],
    ['/to-metadata', loopback, /169.254.169.254 is an internal address/],
    // The name's addresses are 127.0.0.1 and perhaps ::1.
    ['/to-name', ['127.0.0.2'], /127.0.0.1 is an internal address/],
    ['/to-local-file', loopback, /file: is not fetched/],
    ['/round', loopback, /more than 2 redirects/],
    ['/missing', loopback, /answered with status 404/],
    ['/zipped', loopback, /encoded as gzip/],
    ['/silent', loopback, /did not answer within 0.3 seconds/],
    ['/huge', loopback, /has 1125899906842624 bytes, and 1000000 are allowed/],
    ['/endless', loopback, /more than the 1000000 bytes/],
    ['/drip', loopback, /less than 1000 bytes came in 0.3 seconds/],
    ['/cut', loopback, /the connection ended after 4 bytes/],
    ['/cut-chunked', loopback, /the connection ended after 4 bytes/],
  ])('of %s, allowed %j, fails', async (path, allowed, message) => {
    await expect(fetched(path, { allowed: [...allowed] })).rejects.toThrow(message);
  });

  it('of a name that resolves to an internal address fails before anything is sent', async () => {
    const before = closed.length;
    const url = `http://localhost:${portOf(server)}/file`;
    await expect(fetched(url, { allowed: [] })).rejects.toThrow(/localhost is an internal address/);
    expect(closed.length).toBe(before);
    expect(await fetched(url, { allowed: ['127.0.0.0/8', '::1'] })).toBe('content');
  });

  it('takes no more than its time', async () => {
    const change = { totalMs: 400, slowest: { bytes: 0, windowMs: 10_000 } };
    await expect(fetched('/drip', { change })).rejects.toThrow(/took more than 0.4 seconds/);
    await expect.poll(() => closed).toContain('/drip');
  });

  it('can be stopped', async () => {
    const stop = new AbortController();
    const { content } = await download(`${base}/endless`, {
      limits,
      maxBytes: 2 ** 40,
      allowed: loopback,
      signal: stop.signal,
    });
    await expect(
      (async () => {
        for await (const chunk of content) if (chunk.length > 0) stop.abort();
      })(),
    ).rejects.toThrow('it was stopped');
  });

  it('that was stopped before it began, or before it was read, gives nothing', async () => {
    const stop = new AbortController();
    const options = { limits, maxBytes: 2 ** 40, allowed: loopback, signal: stop.signal };
    const { content } = await download(`${base}/drip`, options);
    stop.abort();
    await expect(
      (async () => {
        for await (const chunk of content) expect(chunk.length).toBe(0);
      })(),
    ).rejects.toThrow('it was stopped');
    await expect(download(`${base}/drip`, options)).rejects.toThrow('it was stopped');
  });
});

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '192.168.0.1',
    '172.31.255.255',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    '2002:7f00:1::1',
    '2001:db8::1',
    'example.org',
  ])('%s is not on the internet', address => {
    expect(mayFetchFrom(address, [])).toBe(false);
  });

  it.each(['8.8.8.8', '172.32.0.1', '2a00:1450:4001::1'])('%s is', address => {
    expect(mayFetchFrom(address, [])).toBe(true);
  });

  it('is allowed by the operator', () => {
    expect(mayFetchFrom('10.1.2.3', ['10.1.0.0/16'])).toBe(true);
    expect(mayFetchFrom('10.2.2.3', ['10.1.0.0/16'])).toBe(false);
    expect(mayFetchFrom('fd00::7', ['fd00::/8'])).toBe(true);
  });
});

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address.port;
}
