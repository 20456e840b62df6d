import { setTimeout as delay } from 'node:timers/promises';
import { testServer } from '../http/test-server.ts';
import { everythingRuns, jobsEnded, populate } from '../store/test-population.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { occupy } from './test-occupy.ts';

/**
 * A server with a simulated zone of many networks, for the bench: `test-scale.js COUNT`. It tells its parent where it answers and does what it is
 * asked for: `memory` tells of this process, `jobs` when none is pending, `restart` how long another server took to compare everything.
 */
const count = Number(process.argv[2]);
const hosts = Math.max(2, Math.ceil(count / 1000));

const server = await testServer({ simulated: hosts });
const tenant = await server.tenant('scale');
const first = async (command: string, key: string, params = {}) =>
  (await server.call(server.admin, command, params)).body[key][0].id;
const zoneid = await first('listZones', 'zone');
const networkofferingid = await first('listNetworkOfferings', 'networkoffering', {
  name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
});
const networks = (
  await server.call(tenant, 'createNetwork', { name: 'net', zoneid, networkofferingid })
).body.network.id;
const deployed = await server.run(tenant, 'deployVirtualMachine', {
  zoneid,
  networkids: networks,
  serviceofferingid: await first('listServiceOfferings', 'serviceoffering'),
  templateid: await first('listTemplates', 'template', { templatefilter: 'executable' }),
});
const routers = await first('listRouters', 'router', { listall: 'true' });

const empty = performance.now();
// No server sees the rows before the hosts run what they say.
await server.restart(async () => {
  await populate(
    server.db,
    {
      accounts: tenant.accountId,
      users: tenant.userId,
      networks,
      routers,
      instances: deployed.body.virtualmachine.id,
    },
    count,
  );
  await occupy(server.db, server.world);
});
await everythingRuns(server.db);

process.on('message', (message: unknown) => {
  if (message === 'memory') tell({ memory: process.memoryUsage().rss });
  if (message === 'restart') void restart();
  if (message === 'jobs') void jobsEnded(server.db).then(() => tell({ ended: true }));
});
process.on('disconnect', () => void server.close().then(() => process.exit(0)));
tell({
  ready: server.url,
  admin: server.admin,
  fillSeconds: (performance.now() - empty) / 1000,
});

async function restart(): Promise<void> {
  const before = performance.now();
  const asked = reports();
  await server.restart();
  await everythingRuns(server.db);
  // Hosts are compared by what is there; what routers run is told by the first round of reports.
  while (reports() - asked < running()) await delay(100);
  tell({ ready: server.url, compareSeconds: (performance.now() - before) / 1000 });
}

/** How often routers were asked what they run. */
function reports(): number {
  return hostsInMemory().reduce((sum, { calls }) => sum + (calls.get('report') ?? 0), 0);
}

function running(): number {
  return hostsInMemory().reduce((sum, { routers }) => sum + routers.size, 0);
}

function hostsInMemory(): SimulatedHost[] {
  return [...server.world.hosts.values()];
}

function tell(message: object): void {
  process.send?.(message);
}
