import * as api from '@isola/api';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Receiver, startReceiver } from '../features/webhook/test-receiver.ts';
import { type Keys, sign, type TestServer, testServer } from '../http/test-server.ts';
import { digest } from '../store/test-digest.ts';
import { changeEverything, changeTheRest, takeTenancyAway } from './test-changes.ts';
import { type Driver, definitions, driver, type Params } from './test-driver.ts';
import { examine, exceptions, listed } from './test-fields.ts';
import { type MadeZone, makeZone, takeZoneDown } from './test-infrastructure.ts';
import { type Asked, askForLists, listCalls } from './test-lists.ts';
import { wrongCalls } from './test-parameters.ts';
import { makePeople, type People, takePeopleAway } from './test-people.ts';
import { expectNothing, type Rehearsal, rehearsed } from './test-rehearsal.ts';
import { makeForeign } from './test-swaps.ts';
import { makeTenancy, type Tenancy } from './test-tenancy.ts';
import { readXml, xmlOf } from './test-xml.ts';

/**
 * Every command of the API, in a cloud that has something of everything. What is here goes through the definitions and CloudStack's facts: a new
 * command needs a call in one of the scripts, and nothing else.
 */
const encoded = { json: 0, differences: new Set<string>() };

/** The encoders as they are: of every answer that is sent as JSON it is kept whether its XML says the same. */
function compareEncoders(): void {
  const { encodeJson } = api;
  vi.spyOn(api, 'encodeJson').mockImplementation(answer => {
    const json = encodeJson(answer);
    const xml = JSON.stringify(readXml(api.encodeXml(answer)));
    const [body]: unknown[] = Object.values(JSON.parse(json) as object);
    if (JSON.stringify(xmlOf(body)) !== xml) encoded.differences.add(`${json} is not ${xml}`);
    encoded.json += 1;
    return json;
  });
}

let server: TestServer;
let receiver: Receiver;
/** Keeps all answers. */
let cloud: Driver;
/** The same; strangers try first. */
let rehearsal: Rehearsal;
let zone: MadeZone;
let people: People;
let tenancy: Tenancy;
let asked: Asked;

beforeAll(async () => {
  compareEncoders();
  server = await testServer({ simulated: 2 });
  receiver = await startReceiver();
  cloud = driver(server);
  for (const name of ['webhook.allowed.internal.sites', 'secstorage.allowed.internal.sites'])
    await cloud.call(server.admin, 'updateConfiguration', { name, value: '127.0.0.0/8' });
  people = await makePeople(cloud);
  const [stranger = people.owner] = people.strangers;
  const foreign = await makeForeign(cloud, stranger, receiver.url);
  rehearsal = rehearsed(cloud, { ...people, foreign });
  tenancy = await makeTenancy(rehearsal.cloud, people, {
    hook: receiver.url,
    image: 'http://127.0.0.1:1/image',
  });
  zone = await makeZone(cloud);
  const id = (name: string): string => tenancy.ids[name] ?? '';
  asked = {
    physicalnetworkid: zone.network,
    virtualmachineid: id('instance'),
    networkid: id('network'),
    templateid: id('template'),
    projectid: id('project'),
  };
}, 300_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await server.close();
  await receiver.close();
});

/** Commands that are called with POST. */
const sessions = ['login', 'logout'];
const commands = [...definitions.values()].filter(({ name }) => !sessions.includes(name));

test('a parameter that is missing or of another type is named, and nothing changes', {
  timeout: 300_000,
}, async () => {
  const before = await digest(server.db);
  let calls = 0;
  for (const command of commands)
    for (const { parameter, params } of wrongCalls(command)) {
      const { status, body } = await server.call(server.admin, command.name, params);
      const told = `${command.name} ${JSON.stringify(params).slice(0, 500)}`;
      expect([told, status, body.errortext]).toEqual([
        told,
        431,
        expect.stringMatching(new RegExp(`\\b${parameter}\\b`)),
      ]);
      calls += 1;
    }
  expect(calls).toBeGreaterThan(2000);
  expect(await digest(server.db)).toEqual(before);
});

test('XML and JSON say the same', { timeout: 300_000 }, async () => {
  for (const by of [server.admin, people.owner])
    for (const [command, params] of listCalls(asked)) await expectSame(by, command, params);
});

/** What changes by itself between two calls is asked for again. */
async function expectSame(by: Keys, command: string, params: Params): Promise<void> {
  const answer = async (response: 'xml' | 'json') => {
    const query = await sign(by, { command, response, ...params });
    return (await fetch(`${server.url}?${query.toString()}`)).text();
  };
  await expect
    .poll(async () => {
      const json: unknown = JSON.parse(await answer('json'));
      if (typeof json !== 'object' || json === null) return 'no object';
      const xml = readXml(await answer('xml'));
      const same = JSON.stringify(xmlOf(Object.values(json)[0])) === JSON.stringify(xml);
      return same ? 'same' : `${command}: ${JSON.stringify(xml).slice(0, 500)}`;
    })
    .toBe('same');
}

test('a stranger is shown nothing of anybody else’s by any list', async () => {
  const secrets = new Set([...rehearsal.secrets, people.owner.accountId, people.owner.userId]);
  for (const stranger of people.strangers)
    for (const [command, params] of listCalls(asked))
      await expectNothing(server, stranger, { command, params, secrets });
});

test('every command does its work, and only for those who may; answers have the fields and types of CloudStack', {
  timeout: 600_000,
}, async () => {
  const viewers = [server.admin, people.boss, people.owner];
  const scene = { cloud: rehearsal.cloud, people, tenancy };
  await askForLists(cloud, viewers, asked);
  await changeEverything(scene);
  await changeTheRest(scene);
  await askForLists(cloud, viewers, asked);
  await takeTenancyAway(scene);
  await takeZoneDown(cloud, zone);
  await takePeopleAway(cloud, people);

  const answered = new Set(cloud.answers.map(({ command }) => command));
  expect(commands.map(({ name }) => name).filter(name => !answered.has(name))).toEqual([]);
  expect(rehearsal.tried.size).toBeGreaterThan(60);
  expect(rehearsal.swapped.size).toBeGreaterThan(60);
  expect(encoded.json).toBeGreaterThan(5000);
  expect([...encoded.differences]).toEqual([]);
  const findings = examine(cloud.answers);
  expect(findings.wrong).toEqual([]);
  expect(findings.beyond).toEqual(listed(exceptions.beyond));
  const sometimes = new Set(listed(exceptions.sometimes));
  expect(findings.withoutValue.filter(field => !sometimes.has(field))).toEqual(
    listed(exceptions.withoutValue),
  );
  process.stderr.write(
    `responses: ${commands.length} commands, ${findings.fields} fields with a value, ${findings.withoutValue.length} of CloudStack’s without; ${rehearsal.swapped.size} parameters with foreign ids; ${encoded.json} answers in JSON and XML\n`,
  );
});
