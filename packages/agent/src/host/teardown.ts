import { rm } from 'node:fs/promises';
import { teardownMachines } from '../hypervisors/libvirt/teardown.ts';
import { containerAt, destroyContainer, stopContainer } from '../hypervisors/lxc/container.ts';
import { awaitControlGroupsGone } from '../hypervisors/lxc/control-group-remains.ts';
import { openImageStores } from '../image-stores/image-stores.ts';
import { Instances, instancesFolder } from '../instances.ts';
import { listLinks, removeLinks } from '../links/ip-batch.ts';
import { installationId, type Names, namesOf } from '../names.ts';
import { inParallel } from '../process/parallel.ts';
import { run } from '../process/run.ts';
import { tearDown } from '../process/teardown.ts';
import { renderHostFirewallRemoval } from './firewall.ts';
import { revokeIds } from './id-ranges.ts';
import { unclaimSysctls } from './sysctls.ts';
import { disallowVhost } from './vhost-access.ts';

export interface TeardownOptions {
  readonly home: string;
  readonly libvirtUri: string;
  /** Also removes the instances' disks. */
  readonly purge: boolean;
}

/** Containers ended at a time. */
const width = 8;

/**
 * Stops every router and guest of the installation, removes its links and rules, and puts back what `prepareHost`
 * changed and no other installation needs. Goes on past failures and throws them together at the end.
 */
export async function teardownHost({ home, libvirtUri, purge }: TeardownOptions): Promise<void> {
  const names = namesOf(installationId(home));
  const containers = instancesFolder(home, 'LXC');
  const instances = new Instances(containers, names);
  const ids = await instances.list();
  const end = (id: string): Promise<void> => {
    const container = containerAt(instances.folderOf(id));
    return purge ? destroyContainer(container) : stopContainer(container, null);
  };
  await tearDown([
    { name: 'containers', run: () => inParallel(ids, width, end) },
    {
      name: 'virtual machines',
      run: () => teardownMachines({ home, names, libvirtUri, purge }),
    },
    { name: 'links', run: () => removeOwnLinks(names) },
    { name: 'rules', run: () => removeOwnTables(names) },
    { name: 'control groups', run: () => awaitControlGroupsGone([names.controlGroup]) },
    // A mount that is left would be emptied with the home.
    { name: 'image stores', run: () => openImageStores(home).close() },
    { name: 'kernel settings', run: () => unclaimSysctls(home) },
    { name: 'id ranges', run: () => revokeIds(home) },
    { name: 'AppArmor rules', run: () => disallowVhost(home) },
    ...(purge
      ? [
          {
            name: 'folder of the containers',
            run: () => rm(containers, { recursive: true, force: true }),
          },
        ]
      : []),
  ]);
}

async function removeOwnLinks(names: Names): Promise<void> {
  const own = (await listLinks()).filter(
    link =>
      names.isCable(link) ||
      names.segmentOf(link) !== null ||
      link === names.controlBridge ||
      link === names.publicBridge,
  );
  // Removing a bridge lets its ports go, an uplink too.
  await removeLinks(own);
}

async function removeOwnTables(names: Names): Promise<void> {
  const tables = (await run('nft', ['list', 'tables', 'netdev']))
    .split('\n')
    .map(line => line.split(' ')[2] ?? '')
    .filter(table => names.isCable(table));
  const input = tables.map(table => `delete table netdev ${table}\n`).join('');
  await run('nft', ['-f', '-'], { input: input + renderHostFirewallRemoval(names) });
}
