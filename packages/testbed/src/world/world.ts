import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../machines/lab.ts';
import type { Answer, Api } from './api.ts';
import { containerPid } from './containers.ts';
import { type Running, until } from './exec.ts';
import { makeHostSite } from './host-site.ts';
import { type Internet, makeInternet } from './internet.ts';
import { Installation } from './isola.ts';
import { makeLocalSite } from './local-site.ts';
import { makeMachineSite } from './machine-site.ts';
import type { Place } from './place.ts';
import { rowCounts } from './rows.ts';
import { bodyOfRun, type Pace, type Site } from './site.ts';
import { layTemplate, type TestTemplate } from './templates.ts';

export interface WorldOptions {
  /** Machines that can become hosts of the world: the server is on their networks. */
  readonly lab?: Lab;
  readonly lastPublicAddress?: string;
  readonly vlans?: readonly [number, number];
  /** As of `InstallationOptions`. */
  readonly agentsAt?: string;
  readonly isolation?: 'VLAN' | 'VXLAN';
  /** Makes the machine that Isola is on, by a prefix for names; as `ISOLA_BODY` says unless given. */
  readonly site?: (prefix: string) => Promise<Site>;
  /** What the server finds built elsewhere at its first start. */
  readonly templates?: readonly TestTemplate[];
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
  readonly pace: Pace;
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
  /** Deploys an instance that waits to be started. */
  deployStopped(tenant: Api, name: string, networkIds: string): Promise<Answer>;
  /** The inside of an instance, once its lease is there. */
  guest(instance: Answer): Promise<Place>;
  /** The inside of a network's router. */
  router(networkId: string): Promise<Place>;
  /** Ends the router's machine without a word, as a fault would. */
  killRouter(networkId: string): Promise<void>;
  /** Name of the host's end of the router's control cable. */
  controlCable(networkId: string): Promise<string>;
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
  // Of its own: what an interrupted run left behind is not in the way.
  const prefix = `${name}${process.pid}`;
  const site = await (options.site?.(prefix) ?? makeSite(prefix, options.lab ?? null));
  const folder = await mkdtemp(`/tmp/isola-${prefix}-`);
  // Containers of further hosts pass through it with ids of their own.
  await chmod(folder, 0o755);
  const internet = await makeInternet(prefix, site.internetNamespace, folder);
  await site.joinInternet();
  const isola = new Installation(site, options);
  const socketPath = join(folder, 'api.sock');
  let proxy: Running | undefined;
  const remove = async (): Promise<void> => {
    await site.leave();
    const purged = await isola.purge();
    await proxy?.end();
    await internet.remove();
    await site.remove();
    await rm(folder, { recursive: true, force: true });
    if (purged.code !== 0)
      throw new Error(`isola down --purge failed: ${purged.stdout}${purged.stderr}`);
  };
  try {
    for (const template of options.templates ?? [])
      await layTemplate(template, join(site.home, 'import'));
    await isola.up();
    proxy = await site.proxy(socketPath);
    const admin = await isola.admin(socketPath);
    const mark = await installationMark(site.host);
    const { host, pace } = site;
    const parts = { namespace: `${prefix}h`, folder, host, internet, pace };
    return { ...parts, isola, mark, admin, remove, ...actions(admin, isola, site) };
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
}

function makeSite(prefix: string, lab: Lab | null): Promise<Site> {
  const body = lab === null ? bodyOfRun() : 'lxc';
  switch (body) {
    case 'lxc':
      return makeLocalSite(prefix, lab);
    case 'host':
      return makeHostSite(prefix);
    case 'kvm':
      return makeMachineSite(prefix);
  }
}

/** Read off the control bridge, which every installation has. */
async function installationMark(host: Place): Promise<string> {
  const links = await host.run(['ip', '-br', 'link', 'show', 'type', 'bridge']);
  const mark = /^(i[0-9a-f]{6})c\s/m.exec(links)?.[1];
  if (mark === undefined) throw new Error(`no control bridge on ${host.name}: ${links}`);
  return mark;
}

function actions(
  admin: Api,
  isola: Installation,
  site: Site,
): Pick<
  World,
  | 'tenant'
  | 'network'
  | 'deploy'
  | 'deployStopped'
  | 'guest'
  | 'router'
  | 'killRouter'
  | 'controlCable'
  | 'routerPid'
  | 'inside'
  | 'rowCounts'
> {
  // Only an administrator sees the internal name.
  const internalName = async (instance: Answer): Promise<string> =>
    (await admin.one('listVirtualMachines', { id: instance['id'], listall: true }))['instancename'];
  const smallInstance = async (
    tenant: Api,
    name: string,
    networkIds: string,
  ): Promise<Record<string, string>> => {
    const zone = await tenant.one('listZones');
    const template = await tenant.one('listTemplates', {
      templatefilter: 'executable',
      name: site.guestTemplate,
    });
    const size = await tenant.one('listServiceOfferings', { name: 'Small Instance' });
    return {
      name,
      zoneid: zone['id'],
      templateid: template['id'],
      serviceofferingid: size['id'],
      networkids: networkIds,
    };
  };
  const routerName = async (networkId: string): Promise<string> =>
    (await admin.one('listRouters', { networkid: networkId, listall: true }))['name'];
  return {
    inside: async instance => await site.inside(await internalName(instance)),
    tenant: async name => {
      const account = await admin.call('createAccount', {
        accounttype: 0,
        email: `${name}@example.test`,
        firstname: name,
        lastname: 'Tenant',
        username: name,
        password: `pw-${name}`,
      });
      // Worlds are about packets: some have more than an account may have by default.
      const domainid = account['account'].domainid as string;
      for (const { resourcetype } of await admin.list('listResourceLimits', { domainid }))
        await admin.call('updateResourceLimit', { account: name, domainid, resourcetype, max: -1 });
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
    deploy: async (tenant, name, networkIds) =>
      await tenant.job('deployVirtualMachine', await smallInstance(tenant, name, networkIds)),
    deployStopped: async (tenant, name, networkIds) => {
      const instance = await smallInstance(tenant, name, networkIds);
      return await tenant.job('deployVirtualMachine', { ...instance, startvm: false });
    },
    guest: async instance => {
      const shown = await admin.one('listVirtualMachines', { id: instance['id'], listall: true });
      const place = await site.network(shown['instancename']);
      const address = shown['nic'][0].ipaddress as string;
      await until(
        `${shown['name']} to have the lease ${address}`,
        async () =>
          (await place.run(['ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0'])).includes(
            `${address}/`,
          ),
        site.patience,
      );
      return place;
    },
    router: async networkId => await site.inside(await routerName(networkId)),
    killRouter: async networkId => await site.kill(await routerName(networkId)),
    controlCable: async networkId =>
      await site.controlCable(await site.inside(await routerName(networkId))),
    rowCounts: () => rowCounts(isola.home),
    routerPid: async networkId =>
      await containerPid({ launcher: site.launcher, home: site.home }, await routerName(networkId)),
  };
}
