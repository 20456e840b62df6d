import { expect, vi } from 'vitest';
import type { Keys } from '../http/test-server.ts';
import type { Db } from '../store/database.ts';
import { digest } from '../store/test-digest.ts';
import { type Driver, definitions, type Params } from './test-driver.ts';

/** Ids that answers told, by what their objects are called. */
export class Ids {
  readonly #kinds = new Map<string, string>();

  /** Keeps what an answer of a command is about, and its NICs. */
  keep(command: string, answer: unknown): void {
    const kind = definitions.get(command)?.response.name;
    if (kind === undefined || typeof answer !== 'object' || answer === null) return;
    if ('id' in answer && typeof answer.id === 'string') this.#kinds.set(answer.id, kind);
    if ('nic' in answer && Array.isArray(answer.nic))
      for (const nic of answer.nic as readonly { id: string }[]) this.#kinds.set(nic.id, 'nic');
  }

  kindOf(id: string): string | undefined {
    return this.#kinds.get(id);
  }

  ofKind(kind: string): readonly string[] {
    return [...this.#kinds].flatMap(([id, other]) => (other === kind ? [id] : []));
  }

  all(): ReadonlySet<string> {
    return new Set(this.#kinds.keys());
  }
}

/** A driver that keeps the ids of what it makes, and of volumes. */
export function keeping(cloud: Driver, ids: Ids): Driver {
  return {
    ...cloud,
    async call(by, command, params) {
      const answer: unknown = await cloud.call(by, command, params);
      if (command === 'listVolumes' || !/^(?:list|get|query|find)/.test(command))
        ids.keep(command, answer);
      return answer;
    },
  };
}

/** The same call with one of the ids in it replaced by one of the same kind that is foreign, for each id and each foreign one. */
export function swaps(params: Params, own: Ids, foreign: Ids): readonly Params[] {
  return Object.entries(params).flatMap(([name, value]) => {
    const ids = value.split(',');
    return ids.flatMap((id, at) => {
      const kind = own.kindOf(id);
      if (kind === undefined) return [];
      return foreign.ofKind(kind).map(other => ({ ...params, [name]: ids.with(at, other).join() }));
    });
  });
}

/** What the tables hold, without the deliveries that are on their way: a change writes an event, too. */
export async function held(db: Db): Promise<ReadonlyMap<string, string>> {
  const tables = await digest(db);
  tables.delete('webhook_deliveries');
  return tables;
}

/** What the tables hold when nothing changes any more. */
export async function settled(db: Db): Promise<ReadonlyMap<string, string>> {
  let last = await held(db);
  await vi.waitFor(
    async () => {
      const before = last;
      last = await held(db);
      expect(last).toEqual(before);
    },
    { timeout: 60_000, interval: 20 },
  );
  return last;
}

/** Gives somebody else one of everything that the owner's calls name. */
export async function makeForeign(cloud: Driver, by: Keys, url: string): Promise<Ids> {
  const ids = new Ids();
  const kept = keeping(cloud, ids);
  const call = (command: string, params: Params = {}) => kept.call(by, command, params);
  const { admin } = cloud.server;
  const zoneid: string = (await cloud.call(admin, 'listZones', { name: 'zone1' })).id;
  const offering = async (name: string): Promise<string> =>
    (await cloud.call(admin, 'listNetworkOfferings', { name })).id;
  const network = await call('createNetwork', {
    zoneid,
    name: 'foreign',
    networkofferingid: await offering('DefaultIsolatedNetworkOfferingWithSourceNatService'),
  });
  await call('createNetwork', {
    zoneid,
    name: 'foreign-l2',
    networkofferingid: await offering('DefaultL2NetworkOffering'),
  });
  const networkid: string = network.id;
  await call('createSSHKeyPair', { name: 'foreign' });
  await call('registerUserData', { name: 'foreign', userdata: 'YQ==' });
  await call('createInstanceGroup', { name: 'foreign' });
  await call('createAffinityGroup', { name: 'foreign', type: 'host anti-affinity' });
  const instance = await call('deployVirtualMachine', {
    zoneid,
    name: 'foreign',
    networkids: networkid,
    serviceofferingid: (await cloud.call(by, 'listServiceOfferings')).id,
    templateid: (await cloud.call(by, 'listTemplates', { templatefilter: 'featured' })).id,
  });
  await call('listVolumes');
  const virtualmachineid: string = instance.id;
  const address = await call('associateIpAddress', { networkid });
  const nat = await call('associateIpAddress', { networkid });
  await call('associateIpAddress', { networkid });
  const tcp = { protocol: 'tcp', startport: '80', endport: '90' };
  await call('createFirewallRule', { ...tcp, ipaddressid: address.id });
  await call('createEgressFirewallRule', { ...tcp, networkid });
  const ports = { protocol: 'tcp', publicport: '80', privateport: '80', openfirewall: 'false' };
  await call('createPortForwardingRule', {
    ...ports,
    ipaddressid: address.id,
    virtualmachineid,
  });
  await call('enableStaticNat', { ipaddressid: nat.id, virtualmachineid });
  await call('createIpForwardingRule', { ...tcp, ipaddressid: nat.id });
  await call('addIpToNic', { nicid: instance.nic[0].id });
  await call('createProject', { name: 'foreign', displaytext: 'foreign' });
  await call('createWebhook', { name: 'foreign', payloadurl: url });
  const os = await cloud.call(by, 'listOsTypes', { keyword: 'debian' });
  await call('registerTemplate', {
    name: 'foreign',
    format: 'RAW',
    hypervisor: 'Simulator',
    url: 'http://127.0.0.1:1/foreign',
    zoneid,
    ostypeid: os.id,
  });
  await call('addAnnotation', {
    entitytype: 'NETWORK',
    entityid: networkid,
    annotation: 'foreign',
  });
  return ids;
}
