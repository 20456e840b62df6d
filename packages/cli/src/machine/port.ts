import { createServer } from 'node:net';
import type { Installation } from '@isola/model';
import { CliError, messageOf } from '../cli-error.ts';
import { formatListen } from '../config/schema.ts';

/** Throws a `CliError` unless the API's address can be listened on. */
export async function insistOnFreeAddress(listen: Installation['listen']): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(listen.port, listen.host, resolve);
    });
  } catch (error) {
    throw new CliError(
      `the API cannot listen on ${formatListen(listen)}: ${messageOf(error)}`,
      'Stop what listens there, or set another address: ISOLA_LISTEN, --listen or `listen` in isola.toml.',
    );
  }
  await new Promise<void>(resolve => server.close(() => resolve()));
}
