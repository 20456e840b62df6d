import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keys, type Reply, type TestServer, testServer } from '../http/test-server.ts';
import { expectAgreement } from '../reconciler/test-agreement.ts';
import { driver, type Params } from './test-driver.ts';
import { makeAccount, type Person } from './test-people.ts';

/** What two accounts of a domain ask about the networks that their instances are in, all at once. */
let server: TestServer;
let owner: Person;
let other: Person;
/** Of the owner, and of the other. */
const networks: string[] = [];
let foreign: string;
let place: Params;
const complaints: string[] = [];

const addresses = 8;
const instances = 10;

beforeAll(async () => {
  const lines = new Writable({
    write(line, _encoding, done) {
      complaints.push(String(line));
      done();
    },
  });
  server = await testServer({ simulated: 1, log: pino({ level: 'warn' }, lines) });
  const cloud = driver(server);
  const { admin } = server;
  const domain = await cloud.call(admin, 'createDomain', { name: 'crowded' });
  owner = await makeAccount(cloud, 'crowd', { domainid: domain.id, accounttype: '0' });
  const zone = await cloud.call(admin, 'listZones');
  const template = await cloud.call(admin, 'listTemplates', { templatefilter: 'featured' });
  const size = await cloud.call(admin, 'listServiceOfferings', { name: 'Small Instance' });
  const offering = await cloud.call(admin, 'listNetworkOfferings', {
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
  });
  other = await makeAccount(cloud, 'other', { domainid: domain.id, accounttype: '0' });
  const wanted = { zoneid: zone.id, networkofferingid: offering.id };
  const make = async (by: Keys, name: string, gateway: string): Promise<string> =>
    (await cloud.call(by, 'createNetwork', { ...wanted, name, gateway, netmask: '255.255.255.0' }))
      .id;
  networks.push(await make(owner, 'one', '10.1.1.1'), await make(owner, 'two', '10.1.2.1'));
  foreign = await make(other, 'three', '10.1.3.1');
  place = {
    zoneid: zone.id,
    templateid: template.id,
    serviceofferingid: size.id,
  };
  for (const [resourcetype, max] of [
    ['0', instances],
    ['1', addresses],
  ] as const)
    await cloud.call(admin, 'updateResourceLimit', {
      account: owner.account,
      domainid: domain.id,
      resourcetype,
      max: String(max),
    });
}, 120_000);
afterAll(() => server?.close());

interface Outcome {
  readonly command: string;
  /** HTTP status of the answer, or the code of the job's error. */
  readonly code: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every command.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly result: any;
}

/** A call until its job has ended, well or not. */
async function outcome(by: Keys, command: string, params: Params): Promise<Outcome> {
  const ended = ({ status, body }: Reply): Outcome => ({
    command,
    code: status === 200 ? 200 : body.errorcode,
    text: body.errortext ?? '',
    result: body,
  });
  const accepted = await server.call(by, command, params);
  const jobid: unknown = accepted.body.jobid;
  if (typeof jobid !== 'string') return ended(accepted);
  for (;;) {
    const { body } = await server.call(by, 'queryAsyncJobResult', { jobid });
    if (body.jobstatus === 1) return ended({ status: 200, body: body.jobresult });
    if (body.jobstatus === 2) return ended({ status: body.jobresultcode, body: body.jobresult });
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const idOfAddress = ({ result }: Outcome): string => result.ipaddress.id;
const wellOf = (all: readonly Outcome[], command: string) =>
  all.filter(one => one.command === command && one.code === 200);

test('of all that is asked at once nothing is lost to another call, nor fails because of it, and limits are exact', {
  timeout: 300_000,
}, async () => {
  const deploy = (at: number) => {
    // Those who lock both networks name them in either order.
    const networkids = (at % 2 === 0 ? networks : networks.toReversed()).join(',');
    return outcome(owner, 'deployVirtualMachine', { ...place, networkids });
  };
  const take = (at: number) =>
    outcome(owner, 'associateIpAddress', { networkid: networks[at % 2] ?? '' });
  const first = await Promise.all([...times(6, deploy), ...times(6, take)]);
  expect(first.map(({ code }) => code)).toEqual(first.map(() => 200));
  const vms = wellOf(first, 'deployVirtualMachine').map(one => one.result.virtualmachine);
  const taken = wellOf(first, 'associateIpAddress').map(one => one.result.ipaddress);

  const asked: Promise<Outcome>[] = [];
  const ask = (command: string, params: Params, by: Keys = owner) =>
    void asked.push(outcome(by, command, params));
  for (const [at, { id, nic }] of vms.entries()) {
    const { id: ipaddressid, associatednetworkid: networkid } = taken[at];
    const on = { ipaddressid, virtualmachineid: id, networkid };
    ask(at % 2 === 0 ? 'stopVirtualMachine' : 'rebootVirtualMachine', { id });
    ask('startVirtualMachine', { id });
    ask('enableStaticNat', on);
    ask('disableStaticNat', { ipaddressid });
    for (const publicport of ['80', '81', '82'])
      ask('createPortForwardingRule', {
        ...on,
        protocol: 'tcp',
        publicport,
        privateport: publicport,
      });
    ask('createFirewallRule', { ipaddressid, protocol: 'tcp', startport: '22', endport: '22' });
    ask('createEgressFirewallRule', { networkid, protocol: 'udp', startport: `${53 + at}` });
    ask('addIpToNic', { nicid: nic[at % 2].id });
    ask('updateDefaultNicForVirtualMachine', { virtualmachineid: id, nicid: nic[1].id });
    ask('createTags', {
      resourcetype: 'Network',
      resourceids: (at % 2 === 0 ? networks : networks.toReversed()).join(','),
      'tags[0].key': `key-${at}`,
      'tags[0].value': 'value',
    });
    ask('updateNetwork', { id: networkid, displaytext: `round ${at}` });
    ask('updateResourceCount', { domainid: owner.domainId }, server.admin);
  }
  // Instances change hands in both directions.
  const away = { account: other.account, domainid: other.domainId, networkids: foreign };
  const lent = vms[0].id;
  ask('assignVirtualMachine', { virtualmachineid: lent, ...away }, server.admin);
  ask('deployVirtualMachine', { ...place, networkids: foreign }, other);
  ask('destroyVirtualMachine', { id: vms[1].id, expunge: 'true' }, server.admin);
  asked.push(...times(10, deploy), ...times(10, take));
  ask('disassociateIpAddress', { id: taken[3].id });
  ask('restartNetwork', { id: networks[0] ?? '', cleanup: 'true' });
  ask('restartNetwork', { id: networks[1] ?? '' });

  const all = await Promise.all(asked);
  const refusals = new Set([200, 431, 535, 536, 537]);
  expect(all.filter(({ code }) => !refusals.has(code))).toEqual([]);
  expect(complaints.filter(line => /deadlock/.test(line))).toEqual([]);

  const well = (command: string) => wellOf([...first, ...all], command).length;
  const count = async (by: Keys, command: string, key: string) =>
    (await server.call(by, command)).body[key].length;
  const moved = well('assignVirtualMachine');
  // The other's own deployment is none of the owner's.
  const left = well('deployVirtualMachine') - 1 - moved - well('destroyVirtualMachine');
  expect(await count(owner, 'listVirtualMachines', 'virtualmachine')).toBe(left);
  expect(await count(other, 'listVirtualMachines', 'virtualmachine')).toBe(1 + moved);
  expect(left).toBeLessThanOrEqual(instances);
  expect(left).toBeGreaterThanOrEqual(instances - 1 - moved);
  const held = well('associateIpAddress') - well('disassociateIpAddress');
  // A network that came up before it was given an address took one itself.
  const given = new Set(wellOf([...first, ...all], 'associateIpAddress').map(idOfAddress));
  const { body } = await server.call(owner, 'listPublicIpAddresses');
  const own: readonly { id: string; issourcenat: boolean }[] = body.publicipaddress;
  const drawn = own.filter(({ id }) => !given.has(id));
  expect(drawn.every(({ issourcenat }) => issourcenat)).toBe(true);
  expect(own).toHaveLength(held + drawn.length);
  expect(own.length).toBeLessThanOrEqual(addresses);
  expect(own.length).toBeGreaterThanOrEqual(addresses - 1);
  const hosts = [...server.world.hosts].map(([id, agent]) => ({ id, agent, address: '' }));
  await expectAgreement({ db: server.db, hosts });
});
