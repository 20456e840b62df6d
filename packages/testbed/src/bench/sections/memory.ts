import type { Answer } from '../../world/api.ts';
import type { ForwardingNetwork } from '../forwarding-network.ts';
import { inParallel } from '../parallel.ts';
import { chargedMemory, memoryOf, processesOf } from '../processes.ts';
import { figure, type Row } from '../row.ts';
import type { Section } from '../section.ts';

const networks = 1000;
/** Routers share the pages of their programs: what one costs is seen with several. */
const neighbours = 6;

/** Memory of the server and of routers. */
export const memory: Section = {
  name: 'memory',
  title: 'Memory',
  method: `MB are 10^6 bytes. The server process (agent included, PostgreSQL not) before and right after ${networks} networks are created through the API and stay allocated; RSS counts shared pages in full, PSS divides them among those that share them. A router, with ${neighbours} others beside it: PSS of all its processes, and what its control group is charged with, without file pages that the kernel drops when it needs memory.`,
  run: async lab => {
    const world = await lab.world();
    const tenant = await world.tenant('crowd');
    const pids = await world.isola.serverPids();
    const before = await memoryOf(pids);
    const zone = await tenant.one('listZones');
    const offering = await tenant.one('listNetworkOfferings', {
      name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    });
    const made: Answer[] = [];
    const names = Array.from({ length: networks }, (_, at) => `crowd-${at}`);
    await inParallel(names, async name => {
      const answer = await tenant.call('createNetwork', {
        name,
        displaytext: name,
        zoneid: zone['id'],
        networkofferingid: offering['id'],
      });
      made.push(answer['network']);
    });
    const after = await memoryOf(pids);
    await inParallel(made, async ({ id }) => {
      await tenant.job('deleteNetwork', { id });
    });
    const few = await lab.forwardingNetwork('few');
    const many = await lab.forwardingNetwork('many');
    await few.growTo(10);
    await many.growTo(10_000);
    const beside = Array.from({ length: neighbours }, (_, at) => `neighbour-${at}`);
    const rows: Answer[] = [];
    const running: Answer[] = [];
    for (const name of beside) {
      const network = await world.network(tenant, name);
      rows.push(network);
      running.push(await world.deploy(tenant, name, network['id']));
    }
    const routers = [
      ...(await ofRouter('router with 10 port forwards', few, { below: 40 })),
      ...(await ofRouter('router with 10,000 port forwards', many)),
    ];
    await lab.discard(tenant, running, rows);
    return [
      {
        what: `server at ${networks.toLocaleString('en-US')} networks, RSS`,
        value: megabytes(after.rss),
        unit: 'MB',
        also: `PSS ${figure(megabytes(after.pss))}`,
        baseline: { what: 'before', value: megabytes(before.rss) },
        aim: { below: 250 },
      },
      ...routers,
    ];
  },
};

async function ofRouter(
  what: string,
  { routerPid }: ForwardingNetwork,
  aim?: Row['aim'],
): Promise<Row[]> {
  const processes = await processesOf(routerPid);
  const { pss, rss } = await memoryOf(processes);
  const more = aim === undefined ? {} : { aim };
  return [
    {
      what: `${what}, PSS`,
      value: megabytes(pss),
      unit: 'MB',
      also: `RSS ${figure(megabytes(rss))}, ${processes.length} processes`,
      ...more,
    },
    {
      what: `${what}, control group`,
      value: megabytes(await chargedMemory(routerPid)),
      unit: 'MB',
      ...more,
    },
  ];
}

function megabytes(bytes: number): number {
  return bytes / 1e6;
}
