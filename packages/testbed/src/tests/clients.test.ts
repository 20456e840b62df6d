import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world/world.ts';

const libcloudTour = fileURLToPath(new URL('../../clients/libcloud_tour.py', import.meta.url));
const readmeTour = fileURLToPath(new URL('../../../../scripts/readme-tour.mjs', import.meta.url));
const csTour = fileURLToPath(new URL('../../clients/cs_tour.py', import.meta.url));

describe('unmodified clients', () => {
  let world: World;
  let environment: string[];

  beforeAll(async () => {
    world = await makeWorld('cl');
    const admin = JSON.parse(
      await readFile(join(world.isola.home, 'admin.json'), 'utf8'),
    ) as Record<string, string>;
    environment = [
      'env',
      `CLOUDSTACK_ENDPOINT=${admin['url']}`,
      `CLOUDSTACK_KEY=${admin['apikey']}`,
      `CLOUDSTACK_SECRET=${admin['secretkey']}`,
    ];
  });

  afterAll(async () => {
    await world?.remove();
  });

  for (const tour of ['cli', 'cs']) {
    it(`the README's tour with ${tour} works as written`, async () => {
      const out = await world.host.run([
        'env',
        `ISOLA_HOME=${world.isola.home}`,
        process.execPath,
        readmeTour,
        'run',
        tour,
        'ip',
        'netns',
        'exec',
        world.internet.outside.name,
      ]);
      expect(out).toContain('web');
    });
  }

  for (const [client, script] of [
    ['cs', csTour],
    ['libcloud', libcloudTour],
  ] as const) {
    it(`${client} builds a network, forwards a port and the page is fetched from outside`, async () => {
      const out = await world.host.run([...environment, '/usr/bin/python3', script]);
      const { address, port, hostname, leftover } = JSON.parse(
        out.trim().split('\n').at(-1) ?? '{}',
      ) as { address: string; port: number; hostname: string; leftover: string };
      expect(leftover).toBe('');
      const page = await world.internet.outside.run([
        'curl',
        '-s',
        '--max-time',
        '5',
        `http://${address}:${port}/`,
      ]);
      expect(page).toContain(hostname);
      await world.host.run([...environment, '/usr/bin/python3', script, 'clean']);
    });
  }
});
