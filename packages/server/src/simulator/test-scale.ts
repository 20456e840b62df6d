import { testServer } from '../http/test-server.ts';
import { everythingRuns, jobsEnded, populate } from '../store/test-population.ts';
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
  await server.restart();
  await everythingRuns(server.db);
  tell({ ready: server.url, compareSeconds: (performance.now() - before) / 1000 });
}

function tell(message: object): void {
  process.send?.(message);
}
