import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type TestServer, testServer } from '../http/test-server.ts';
import { expectAgreement } from '../reconciler/test-agreement.ts';
import { readUnfinished } from '../reconciler/unfinished.ts';
import { driver, type Params } from './test-driver.ts';
import { makeAccount, type Person } from './test-people.ts';

/**
 * Operations of tenants through the API, in which the server dies: once in the middle of each, and with `ISOLA_CRASH=every` at each step of all. The
 * steps of the reconciler themselves are gone through one by one in its own test.
 */
/** Steps that are passed, and the one at which the server dies. */
const passed: string[] = [];
let deadly: { readonly operation: string; readonly point: string } | null = null;
let operation = '';
let dead = false;

let server: TestServer;
const ids: Record<string, string> = {};
let lives = 0;

beforeAll(async () => {
  server = await testServer({
    simulated: 1,
    fault(point, die) {
      passed.push(`${operation} ${point}`);
      if (deadly?.operation === operation && deadly.point === point) {
        dead = true;
        die();
      }
      if (dead) throw new Error(`died at ${point}`);
    },
  });
  const first = async (command: string, key: string, params: Params = {}): Promise<string> =>
    (await server.call(server.admin, command, params)).body[key][0].id;
  ids['zone'] = await first('listZones', 'zone');
  ids['root'] = await first('listDomains', 'domain');
  ids['template'] = await first('listTemplates', 'template', { templatefilter: 'featured' });
  ids['size'] = await first('listServiceOfferings', 'serviceoffering');
  const named = (name: string) => first('listNetworkOfferings', 'networkoffering', { name });
  ids['isolated'] = await named('DefaultIsolatedNetworkOfferingWithSourceNatService');
  ids['l2'] = await named('DefaultL2NetworkOffering');
  ids['shared'] = await named('DefaultSharedNetworkOffering');
  const { body } = await server.call(server.admin, 'cloneNetworkOffering', {
    name: 'other',
    sourceofferingid: ids['isolated'],
    networkrate: '50',
  });
  ids['other'] = body.networkoffering.id;
  await server.call(server.admin, 'updateNetworkOffering', {
    id: body.networkoffering.id,
    state: 'Enabled',
  });
}, 120_000);
afterAll(() => server.close());

/** A tenant's life: what each operation needs from the ones before. */
interface Life {
  readonly owner: Person;
  readonly found: Record<string, string>;
  /** Calls, and waits for the job as long as the server lives. Gives the object of the answer. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every command.
  // oxlint-disable-next-line typescript/no-explicit-any
  call(by: Keys, command: string, params?: Params): Promise<any>;
}

type Operation = readonly [name: string, carryOut: (life: Life) => Promise<unknown>];

const place = (): Params => ({
  zoneid: ids['zone'] ?? '',
  templateid: ids['template'] ?? '',
  serviceofferingid: ids['size'] ?? '',
});
const network = (life: Life, offering: string, params: Params = {}) =>
  life.call(life.owner, 'createNetwork', {
    zoneid: ids['zone'] ?? '',
    networkofferingid: ids[offering] ?? '',
    name: offering,
    ...params,
  });
const id = (life: Life, name: string): string => life.found[name] ?? '';

const operations: readonly Operation[] = [
  [
    'a guest in an isolated, a shared and an L2 network',
    async life => {
      const shared = await life.call(server.admin, 'createNetwork', {
        zoneid: ids['zone'] ?? '',
        networkofferingid: ids['shared'] ?? '',
        name: 'shared',
        gateway: '172.20.0.1',
        netmask: '255.255.255.0',
        startip: '172.20.0.10',
        endip: '172.20.0.99',
        vlan: '2000',
        account: life.owner.account,
        domainid: life.owner.domainId,
      });
      life.found['network'] = (await network(life, 'isolated')).id;
      life.found['second'] = (await network(life, 'isolated', { name: 'second' })).id;
      const l2 = await network(life, 'l2');
      const vm = await life.call(life.owner, 'deployVirtualMachine', {
        ...place(),
        networkids: `${id(life, 'network')},${shared.id},${l2.id}`,
      });
      life.found['vm'] = vm.id;
      life.found['nic'] = vm.nic?.[0].id;
    },
  ],
  [
    'another offering',
    life =>
      life.call(life.owner, 'updateNetwork', {
        id: id(life, 'network'),
        networkofferingid: ids['other'] ?? '',
      }),
  ],
  [
    'a secondary address',
    async life => {
      const { id: made } = await life.call(life.owner, 'addIpToNic', { nicid: id(life, 'nic') });
      await life.call(life.owner, 'removeIpFromNic', { id: made });
    },
  ],
  [
    'an address into quarantine',
    async life => {
      const params = { networkid: id(life, 'network') };
      const address = await life.call(life.owner, 'associateIpAddress', params);
      await life.call(life.owner, 'disassociateIpAddress', { id: address.id });
    },
  ],
  [
    'a NIC more, as the default one, and away again',
    async life => {
      const vm = { virtualmachineid: id(life, 'vm') };
      const params = { ...vm, networkid: id(life, 'second') };
      const { nic } = await life.call(life.owner, 'addNicToVirtualMachine', params);
      const added = nic?.find((one: { networkid: string }) => one.networkid === params.networkid);
      const wanted = { ...vm, nicid: added?.id };
      await life.call(life.owner, 'updateDefaultNicForVirtualMachine', wanted);
      const back = { ...vm, nicid: id(life, 'nic') };
      await life.call(life.owner, 'updateDefaultNicForVirtualMachine', back);
      await life.call(life.owner, 'removeNicFromVirtualMachine', wanted);
    },
  ],
  [
    'the disk anew',
    life => life.call(life.owner, 'restoreVirtualMachine', { virtualmachineid: id(life, 'vm') }),
  ],
  [
    'a project with a guest, deleted with everything',
    async life => {
      const project = await life.call(life.owner, 'createProject', { name: life.owner.account });
      const inProject = { projectid: project.id };
      const { id: networkids } = await network(life, 'isolated', inProject);
      const deploy = { ...place(), ...inProject, networkids };
      await life.call(life.owner, 'deployVirtualMachine', deploy);
      await life.call(life.owner, 'deleteProject', { id: project.id, cleanup: 'true' });
    },
  ],
  [
    'the domain, deleted with everything',
    life => life.call(server.admin, 'deleteDomain', { id: life.owner.domainId, cleanup: 'true' }),
  ],
];

/** Begins a life in a domain of its own and goes on until its end or the server's. */
async function live(): Promise<Life> {
  lives += 1;
  const cloud = driver(server);
  const name = `life-${lives}`;
  const domain = await cloud.call(server.admin, 'createDomain', { name });
  const person = { domainid: domain.id, accounttype: '0' };
  const owner = await makeAccount(cloud, name, person);
  const life: Life = {
    owner,
    found: {},
    async call(by, command, params = {}) {
      if (dead) return {};
      const { status, body } = await server.call(by, command, params);
      if (status !== 200) throw new Error(`${command}: ${status} ${JSON.stringify(body)}`);
      if (typeof body.jobid !== 'string') return Object.values(body)[0];
      while (!dead) {
        const { body: job } = await server.call(by, 'queryAsyncJobResult', { jobid: body.jobid });
        if (job.jobstatus === 1) return Object.values(job.jobresult)[0];
        if (job.jobstatus === 2) throw new Error(`${command}: ${JSON.stringify(job.jobresult)}`);
        await new Promise(resolve => setTimeout(resolve, 5));
      }
      return {};
    },
  };
  for (const [named, carryOut] of operations) {
    if (dead) break;
    operation = named;
    await carryOut(life).catch((error: unknown) => {
      if (!dead) throw error;
    });
  }
  operation = '';
  return life;
}

async function quiet(): Promise<void> {
  await expect
    .poll(
      async () => {
        const jobs = await server.db
          .selectFrom('jobs')
          .select('id')
          .where('status', '=', 0)
          .execute();
        return [...(await readUnfinished(server.db)), ...jobs];
      },
      { timeout: 30_000, interval: 20 },
    )
    .toEqual([]);
}

/** Everything ends, rows and hosts say the same; without the domain nothing of it is left anywhere. */
async function expectNoLeak(life: Life): Promise<void> {
  await quiet();
  const hosts = [...server.world.hosts].map(([hostId, agent]) => ({
    id: hostId,
    agent,
    address: '',
  }));
  await expectAgreement({ db: server.db, hosts });
  const { body } = await server.call(server.admin, 'listDomains', { id: life.owner.domainId });
  if (body.count === 1)
    await server.run(server.admin, 'deleteDomain', { id: life.owner.domainId, cleanup: 'true' });
  await quiet();
  for (const table of ['instances', 'networks', 'routers', 'nics', 'vlan_tags', 'volumes'] as const)
    expect([table, await server.db.selectFrom(table).selectAll().execute()]).toEqual([table, []]);
  const taken = await server.db
    .selectFrom('public_addresses')
    .select('address')
    .where('state', '<>', 'Free')
    .execute();
  expect(taken).toEqual([]);
  for (const { agent } of hosts)
    expect([...agent.guests.keys(), ...agent.routers.keys(), ...agent.segments]).toEqual([]);
}

test('a server that dies in the middle of a tenant’s operations is taken over: all ends, nothing leaks', {
  timeout: 900_000,
}, async () => {
  await expectNoLeak(await live());
  const steps = operations.flatMap(([name]) => {
    const own = [...new Set(passed)].filter(step => step.startsWith(`${name} `));
    return process.env['ISOLA_CRASH'] === 'every' ? own : own.slice(own.length / 2).slice(0, 1);
  });
  expect(steps.length).toBeGreaterThanOrEqual(operations.length);
  const died = new Set<string>();
  for (const step of steps) {
    const at = operations.find(([name]) => step.startsWith(`${name} `))?.[0] ?? '';
    deadly = { operation: at, point: step.slice(at.length + 1) };
    const life = await live();
    if (dead) died.add(step);
    deadly = null;
    dead = false;
    await server.restart();
    await expect
      .poll(() => server.db.selectFrom('hosts').select('state').execute(), { timeout: 30_000 })
      .toEqual([{ state: 'Up' }]);
    await expectNoLeak(life);
  }
  process.stderr.write(`crash: died at ${died.size} of ${steps.length} steps\n`);
  // Which of several things is brought up first is left to chance.
  expect(died.size).toBeGreaterThan(steps.length * 0.8);
});
