import { readdir, readFile, readlink } from 'node:fs/promises';
import { numberOf } from '../message.ts';
import { inParallel } from '../parallel.ts';
import type { Partner } from '../partner.ts';
import { processorSeconds } from '../processes.ts';
import { figure } from '../row.ts';
import type { Section } from '../section.ts';
import { sum } from '../statistics.ts';

const networks = 20;
const rounds = 5;
const calls = 1000;
/** The bare handler is so quick that the kernel's 10 ms ticks want more calls. */
const bareCalls = 5000;

/** Signed calls for the processor time of the server. */
export const api: Section = {
  name: 'api',
  title: 'Signed calls',
  method: `listNetworks, signed by a customer with ${networks} networks, over 8 kept connections: calls for a second of processor time (user and system) of the server process. ${rounds} rounds of ${calls.toLocaleString('en-US')} calls after one to warm up. Baseline: a bare node:http handler that answers with the same body, called in the same way.`,
  run: async lab => {
    const world = await lab.world();
    const tenant = await world.tenant('caller');
    const names = Array.from({ length: networks }, (_, at) => `called-${at}`);
    await inParallel(names, async name => {
      await world.network(tenant, name);
    });
    const answer = await tenant.call('listNetworks', { page: 1, pagesize: networks });
    const body = JSON.stringify({ listnetworksresponse: answer });
    const bare = await lab.partnerIn(world.host.name, 'http-server');
    const client = await lab.partnerIn(world.host.name, 'http-load');
    try {
      const path = tenant.signedPath('listNetworks', { page: 1, pagesize: networks });
      const port = numberOf(await bare.ask({ body }), 'port');
      const server = { pids: await world.isola.serverPids(), port: 8080, path, calls };
      const postgres = { ...server, pids: await postgresOf(world.isola.home) };
      const handler = { pids: [bare.pid], port, path, calls: bareCalls };
      await usedBy(client, [server]);
      await usedBy(client, [handler]);
      const used: { server: number; postgres: number; bare: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const [ofServer = 0, ofPostgres = 0] = await usedBy(client, [server, postgres]);
        const [ofBare = 0] = await usedBy(client, [handler]);
        used.push({ server: ofServer, postgres: ofPostgres, bare: ofBare });
      }
      const rate = (made: number, seconds: number[]): number => (made * rounds) / sum(seconds);
      const serverSeconds = used.map(each => each.server);
      const bareRate = rate(
        bareCalls,
        used.map(each => each.bare),
      );
      const baseline = { what: 'bare handler', value: bareRate };
      return [
        {
          what: 'listNetworks a CPU second of the server',
          value: rate(calls, serverSeconds),
          unit: 'calls',
          also: `body ${figure(body.length / 1000)} kB, rounds ${figure(calls / Math.max(...serverSeconds))} to ${figure(calls / Math.min(...serverSeconds))}`,
          baseline,
        },
        {
          what: 'the same with PostgreSQL counted in',
          value: rate(
            calls,
            used.map(each => each.server + each.postgres),
          ),
          unit: 'calls',
          baseline,
        },
      ];
    } finally {
      await Promise.all([bare.end(), client.end()]);
    }
  },
};

interface Target {
  readonly pids: readonly number[];
  readonly port: number;
  readonly path: string;
  readonly calls: number;
}

/** Processor seconds of each target's processes while the first target's calls are made. */
async function usedBy(client: Partner, targets: readonly [Target, ...Target[]]): Promise<number[]> {
  const read = () => Promise.all(targets.map(({ pids }) => processorSeconds(pids)));
  const before = await read();
  const { port, path, calls: count } = targets[0];
  await client.ask({ port, path, calls: count });
  const after = await read();
  return after.map((seconds, at) =>
    sum([...seconds].map(([pid, now]) => now - (before[at]?.get(pid) ?? now))),
  );
}

/** The processes of a home's PostgreSQL: their working folder is in it. */
async function postgresOf(home: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const folder = await readlink(`/proc/${entry}/cwd`).catch(() => '');
    const name = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '');
    if (folder.startsWith(`${home}/`) && name === 'postgres\n') found.push(Number(entry));
  }
  return found;
}
