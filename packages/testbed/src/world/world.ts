import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, Api } from './api.ts';
import { containerPid } from './containers.ts';
import { type Running, run, start, until } from './exec.ts';
import { testImages } from './images.ts';
import { type Internet, makeInternet } from './internet.ts';
import { Installation } from './isola.ts';
import { inNamespace, type Place, placeAt, proxyIn } from './place.ts';
import { rowCounts } from './rows.ts';

export interface WorldOptions {
  readonly lastPublicAddress?: string;
  readonly vlans?: readonly [number, number];
  /** As of `InstallationOptions`. */
  readonly agentsAt?: string;
}

/** A machine (a network namespace) with an installation of Isola on it, joined to an internet of its own. */
export interface World {
  readonly namespace: string;
  /** Where its files are; the home is in it. */
  readonly folder: string;
  readonly host: Place;
  readonly internet: Internet;
  readonly isola: Installation;
  /** What names of the installation's links and containers begin with. */
  readonly mark: string;
  /** The root administrator. */
  readonly admin: Api;
  /** A customer: an account with a user and keys. */
  tenant(name: string): Promise<Api>;
  /** A network of the tenant's, by offering name. */
  network(
    tenant: Api,
    name: string,
    options?: { offering?: string; gateway?: string; netmask?: string },
  ): Promise<Answer>;
  /** Deploys an instance and waits until it runs. */
  deploy(tenant: Api, name: string, networkIds: string): Promise<Answer>;
  /** The inside of an instance, once its lease is there. */
  guest(instance: Answer): Promise<Place>;
  /** The inside of a network's router. */
  router(networkId: string): Promise<Place>;
  /** Process id of the router's init. */
  routerPid(networkId: string): Promise<number>;
  /** The inside of an instance with its files and programs, not only its network. */
  inside(instance: Answer): Promise<Place>;
  /** Rows of every table but those that keep history (jobs, events, alerts, sessions). */
  rowCounts(): Promise<Record<string, number>>;
  remove(): Promise<void>;
}

/** Builds a world and waits until its API answers. `name` is short: it goes into namespace names. */
export async function makeWorld(name: string, options: WorldOptions = {}): Promise<World> {
  const images = await testImages();
  const folder = await mkdtemp(`/tmp/isola-${name}-`);
  // Containers pass through it with ids of their own.
  await chmod(folder, 0o755);
  // Of its own: what an interrupted run left behind is not in the way.
  const prefix = `${name}${process.pid}`;
  const namespace = `${prefix}h`;
  await run(['ip', 'netns', 'add', namespace]);
  await run(['ip', '-n', namespace, 'link', 'set', 'lo', 'up']);
  const internet = await makeInternet(prefix, namespace, folder);
  const isola = new Installation({ namespace, home: join(folder, 'home'), images, ...options });
  const socketPath = join(folder, 'api.sock');
  let proxy: Running | undefined;
  const remove = async (): Promise<void> => {
    const purged = await isola.purge();
    await proxy?.end();
    await internet.remove();
    await run(['ip', 'netns', 'del', namespace]);
    await rm(folder, { recursive: true, force: true });
    if (purged.code !== 0)
      throw new Error(`isola down --purge failed: ${purged.stdout}${purged.stderr}`);
  };
  try {
    await isola.up();
    proxy = await start(proxyIn(namespace, 8080, socketPath));
    const admin = await isola.admin(socketPath);
    const mark = await installationMark(namespace);
    return {
      namespace,
      folder,
      host: inNamespace(namespace),
      internet,
      isola,
      mark,
      admin,
      remove,
      ...actions(admin, isola, namespace),
    };
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
}

/** Read off the control bridge, which every installation has. */
async function installationMark(namespace: string): Promise<string> {
  const links = await run(['ip', '-n', namespace, '-br', 'link', 'show', 'type', 'bridge']);
  const mark = /^(i[0-9a-f]{6})c\s/m.exec(links)?.[1];
  if (mark === undefined) throw new Error(`no control bridge in ${namespace}: ${links}`);
  return mark;
}

function actions(
  admin: Api,
  isola: Installation,
  namespace: string,
): Pick<
  World,
  'tenant' | 'network' | 'deploy' | 'guest' | 'router' | 'routerPid' | 'inside' | 'rowCounts'
> {
  const insideOf = async (name: string): Promise<Place> =>
    placeAt(name, ['nsenter', '-t', String(await containerPid(isola.home, namespace, name)), '-a']);
  // Only an administrator sees the internal name.
  const internalName = async (instance: Answer): Promise<string> =>
    (await admin.one('listVirtualMachines', { id: instance['id'], listall: true }))['instancename'];
  const netOf = async (name: string): Promise<Place> =>
    placeAt(name, ['nsenter', '-t', String(await containerPid(isola.home, namespace, name)), '-n']);
  return {
    inside: async instance => await insideOf(await internalName(instance)),
    tenant: async name => {
      const account = await admin.call('createAccount', {
        accounttype: 0,
        email: `${name}@example.test`,
        firstname: name,
        lastname: 'Tenant',
        username: name,
        password: `pw-${name}`,
      });
      const user = await admin.one('listUsers', {
        account: name,
        domainid: account['account'].domainid,
      });
      await admin.job('registerUserKeys', { id: user['id'] });
      const { userkeys } = await admin.call('getUserKeys', { id: user['id'] });
      return admin.as({ apikey: userkeys.apikey, secretkey: userkeys.secretkey });
    },
    network: async (
      tenant,
      name,
      { offering = 'DefaultIsolatedNetworkOfferingWithSourceNatService', gateway, netmask } = {},
    ) => {
      const zone = await tenant.one('listZones');
      const offered = await tenant.one('listNetworkOfferings', { name: offering });
      const answer = await tenant.call('createNetwork', {
        name,
        displaytext: name,
        zoneid: zone['id'],
        networkofferingid: offered['id'],
        ...(gateway === undefined ? {} : { gateway }),
        ...(netmask === undefined ? {} : { netmask }),
      });
      return answer['network'] as Answer;
    },
    deploy: async (tenant, name, networkIds) => {
      const zone = await tenant.one('listZones');
      const template = await tenant.one('listTemplates', { templatefilter: 'executable' });
      const size = await tenant.one('listServiceOfferings', { name: 'Small Instance' });
      return await tenant.job('deployVirtualMachine', {
        name,
        zoneid: zone['id'],
        templateid: template['id'],
        serviceofferingid: size['id'],
        networkids: networkIds,
      });
    },
    guest: async instance => {
      const shown = await admin.one('listVirtualMachines', { id: instance['id'], listall: true });
      const place = await netOf(shown['instancename']);
      const address = shown['nic'][0].ipaddress as string;
      await until(
        `${shown['name']} to have the lease ${address}`,
        async () =>
          (await place.run(['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0'])).includes(
            `${address}/`,
          ),
        15_000,
      );
      return place;
    },
    router: async networkId => {
      const router = await admin.one('listRouters', { networkid: networkId, listall: true });
      return await insideOf(router['name']);
    },
    rowCounts: () => rowCounts(isola.home),
    routerPid: async networkId => {
      const router = await admin.one('listRouters', { networkid: networkId, listall: true });
      return await containerPid(isola.home, namespace, router['name']);
    },
  };
}
