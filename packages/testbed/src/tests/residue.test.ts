import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquire, allowEgress, forward, open } from '../world/rules.ts';
import { snapshot } from '../world/snapshot.ts';
import { makeWorld } from '../world/world.ts';

describe('what is deleted is gone', () => {
  it('leaves the host as it was with the server still up, and the machine as it was after purge', async () => {
    const machine = await snapshot(everywhere);
    const world = await makeWorld('re');
    try {
      const host = await snapshot(world.mark, world.host.name);
      const tenant = await world.tenant('grace');
      const before = await world.rowCounts();
      const network = await world.network(tenant, 'grace-net');
      const instance = await world.deploy(tenant, 'web', network['id']);
      await allowEgress(tenant, network['id']);
      const address = await acquire(tenant, network['id']);
      await forward(tenant, address, {
        to: instance,
        protocol: 'tcp',
        public: [80, 80],
        private: [80, 80],
      });
      await open(tenant, address, { protocol: 'tcp', first: 80 });
      await tenant.job('createTags', {
        resourcetype: 'Network',
        resourceids: network['id'],
        'tags[0].key': 'a',
        'tags[0].value': 'b',
      });
      expect(await snapshot(world.mark, world.host.name)).not.toEqual(host);
      await world.admin.job('destroyVirtualMachine', { id: instance['id'], expunge: true });
      await tenant.job('deleteNetwork', { id: network['id'] });
      expect(await snapshot(world.mark, world.host.name)).toEqual(host);
      expect(await readdir(join(world.isola.home, 'containers')).catch(() => [])).toEqual([]);
      expect(await world.rowCounts()).toEqual(before);
    } finally {
      await world.remove();
    }
    expect(await snapshot(everywhere)).toEqual(machine);
  });
});

/** Worlds are made in folders of this name: nothing of one may be left, whoever else uses the machine. */
const everywhere = '/isola-re-';
