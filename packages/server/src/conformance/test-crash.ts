import { expect, test } from 'vitest';
import type { Keys } from '../http/test-server.ts';
import { driver, type Params } from './test-driver.ts';
import { type MortalServer, mortalServer, type Work } from './test-mortal-server.ts';
import { makeAccount, type Person } from './test-people.ts';

/** A simulated cloud whose server dies, with what tests of several operations do in it. */
export interface CrashCloud {
  readonly mortal: MortalServer;
  readonly admin: Keys;
  readonly call: MortalServer['call'];
  /** What was found or made under a name. Throws when nothing was. */
  id(name: string): string;
  keep(name: string, id: string): void;
  /** A name that nothing else has. */
  fresh(kind: string): string;
  /** A tenant in a domain of its own. */
  person(): Promise<Person>;
  /** Gives its id; an isolated one unless params say otherwise. */
  network(by: Keys, params?: Params): Promise<string>;
  /** Gives its id. */
  deploy(by: Keys, networkids: string, params?: Params): Promise<string>;
  /** An instance and the networks that it was in. */
  expunge(vm: string, networks: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** `account` and `domainid` of a tenant. */
export const accountOf = ({ account, domainId }: Person): Params => ({
  account,
  domainid: domainId,
});

export async function crashCloud({ hosts = 1 } = {}): Promise<CrashCloud> {
  const mortal = await mortalServer(hosts);
  const { server, call } = mortal;
  const { admin } = server;
  const ids = new Map<string, string>();
  let made = 0;
  const id = (name: string): string => {
    const found = ids.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };
  const first = async (command: string, key: string, params: Params = {}): Promise<string> =>
    (await server.call(admin, command, params)).body[key][0].id;
  const fresh = (kind: string): string => {
    made += 1;
    return `${kind}-${made}`;
  };
  ids.set('zone', await first('listZones', 'zone'));
  ids.set('physical network', await first('listPhysicalNetworks', 'physicalnetwork'));
  ids.set('template', await first('listTemplates', 'template', { templatefilter: 'featured' }));
  ids.set('size', await first('listServiceOfferings', 'serviceoffering'));
  for (const [name, offering] of [
    ['isolated', 'DefaultIsolatedNetworkOfferingWithSourceNatService'],
    ['l2', 'DefaultL2NetworkOffering'],
    ['shared', 'DefaultSharedNetworkOffering'],
  ] as const)
    ids.set(name, await first('listNetworkOfferings', 'networkoffering', { name: offering }));

  return {
    mortal,
    admin,
    call,
    id,
    keep: (name, one) => void ids.set(name, one),
    fresh,
    async person() {
      const domain = await call(admin, 'createDomain', { name: fresh('domain') });
      const place = { domainid: domain.id, accounttype: '0' };
      return makeAccount(driver(server), fresh('person'), place);
    },
    async network(by, params = {}) {
      const wanted = { zoneid: id('zone'), networkofferingid: id('isolated'), name: fresh('net') };
      return (await call(by, 'createNetwork', { ...wanted, ...params })).id;
    },
    async deploy(by, networkids, params = {}) {
      const from = { zoneid: id('zone'), templateid: id('template') };
      const wanted = { ...from, serviceofferingid: id('size'), networkids };
      return (await call(by, 'deployVirtualMachine', { ...wanted, ...params })).id;
    },
    async expunge(vm, networks) {
      await call(admin, 'destroyVirtualMachine', { id: vm, expunge: 'true' });
      for (const one of networks) await call(admin, 'deleteNetwork', { id: one });
    },
    close: () => mortal.close(),
  };
}

export interface Operation extends Work {
  /** How many steps it has at least: guards against steps that are no longer told of. */
  readonly steps: number;
}

/** Has the server die at each step of an operation that takes back what it makes. `cloud` is made before the test. */
export function testDeaths(
  operation: string,
  cloud: () => CrashCloud,
  { steps, ...work }: Operation,
): void {
  test(`${operation}: at no step a death leaves anything behind`, {
    timeout: 600_000,
  }, async () => {
    const died = await cloud().mortal.dieAtEachStep(work);
    expect(died.length).toBeGreaterThanOrEqual(steps);
  });
}
