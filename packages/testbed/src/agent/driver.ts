import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createLocalAgent, prepareHost, teardownHost } from '@isola/agent';
import type { HostAgent } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { pino } from 'pino';
import type { DriverMessage, DriverOptions, DriverRequest } from './messages.ts';

/** Runs an agent in the network namespace of this process; JSON lines in and out. */

const [given = '{}'] = process.argv.slice(2);
const options = {
  ...(JSON.parse(given) as DriverOptions),
  logger: pino({ level: 'warn' }, pino.destination(2)),
};
let agent: HostAgent | null = null;

function say(message: DriverMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function perform({ method, args }: DriverRequest): Promise<unknown> {
  if (method === 'prepare') return prepareHost(options);
  if (method === 'teardown') {
    await agent?.close();
    return teardownHost({
      home: options.home,
      libvirtUri: options.kvm.libvirtUri,
      purge: true,
    });
  }
  if (method === 'open') {
    agent = await createLocalAgent(options, {
      open: id => Promise.resolve(createReadStream(join(options.home, 'served', id))),
    });
    agent.onEvent(event => say({ event, at: Date.now() }));
    return null;
  }
  if (agent === null) throw new Error('the agent is not open');
  // The sender's types are those of HostAgent; between the processes they are JSON.
  const command = agent[method] as (...given: readonly unknown[]) => Promise<unknown>;
  return command(...args);
}

createInterface({ input: process.stdin }).on('line', line => {
  const request = JSON.parse(line) as DriverRequest;
  perform(request).then(
    result => say({ id: request.id, result: result ?? null }),
    (error: unknown) =>
      say({
        id: request.id,
        error: {
          code: error instanceof IsolaError ? error.code : 'none',
          message: error instanceof Error ? error.message : String(error),
        },
      }),
  );
});
