import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RouterSpec } from '@isola/agent-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../world/exec.ts';
import { routerConfig } from './host-world.ts';
import {
  makeRouterWorld,
  type RouterWorld,
  routerMachine,
  slow,
  startAndConfigure,
  virsh,
  warmImages,
} from './router-machines.ts';

const network = { vlan: 131, publicHost: 41 };
let world: RouterWorld;

const router = (number: number): RouterSpec => routerMachine(world, network, number);
const config = (number: number) => routerConfig(network, { number, host: 7 });

const machinesFolder = (): string => join(world.files, 'machines');
const folderOf = async ({ id }: RouterSpec): Promise<string> => {
  const name = (await readdir(machinesFolder())).find(entry => entry.endsWith(id));
  return join(machinesFolder(), name ?? 'none');
};
const has = async (spec: RouterSpec, file: string): Promise<boolean> =>
  access(join(await folderOf(spec), file)).then(
    () => true,
    () => false,
  );
const defined = async ({ id }: RouterSpec): Promise<boolean> =>
  (await virsh(world, 'list', '--all', '--uuid')).includes(id);
const runs = async ({ id }: RouterSpec): Promise<boolean> =>
  (await virsh(world, 'list', '--uuid')).includes(id);
const plugged = async ({ id }: RouterSpec): Promise<boolean> =>
  (await virsh(world, 'domiflist', id).catch(() => '')).includes('ethernet');
const ports = async (): Promise<string> =>
  world.host.run(['ip', '-o', 'link', 'show', 'type', 'tun']);

async function answersOutside(): Promise<void> {
  const asked = ['arping', '-c', '1', '-w', '2', '-I', 'eth0', '203.0.113.41'];
  await until('an answer', async () => (await world.outside.tryRun(asked)).code === 0, slow);
}

/** Only the router of this number is left, of all that libvirt knows. */
async function onlyRouterIs(number: number): Promise<void> {
  const known = await virsh(world, 'list', '--all', '--uuid');
  expect(known.trim().split(/\s+/)).toEqual([router(number).id]);
}

async function destroyed(spec: RouterSpec): Promise<void> {
  await world.agent.call('destroyRouter', spec.id);
  expect((await virsh(world, 'list', '--all', '--uuid')).trim()).toBe('');
  expect(await readdir(machinesFolder())).toEqual([]);
  expect(await ports()).toBe('');
  expect(await world.host.run(['nft', 'list', 'tables', 'netdev'])).toBe('');
}

beforeAll(async () => {
  world = await makeRouterWorld('deaths', [network]);
}, slow);
afterAll(() => world.remove());

describe('an agent that is killed', () => {
  it(
    'while it warms a router up leaves nothing of it, and warms up another',
    async () => {
      await startAndConfigure(world, router(1), config(1));
      const others = async (): Promise<boolean> =>
        (await virsh(world, 'list', '--uuid')).trim().split(/\s+/).length > 1;
      await until('the router that is warmed up', others, slow);
      await world.restartAgent();
      await until('its end', async () => !(await others()), slow);
      await onlyRouterIs(1);
      await destroyed(router(1));
      await startAndConfigure(world, router(1), config(1));
      await until('the warm image', async () => (await warmImages(world)).length === 1, slow);
      await destroyed(router(1));
    },
    slow,
  );

  const starting: readonly [string, (spec: RouterSpec) => Promise<boolean>][] = [
    ['its record is written', spec => has(spec, 'instance.json')],
    ['its keys are made', spec => has(spec, 'ssh_host_ed25519_key')],
    ['it is defined', defined],
    ['it runs', runs],
    ['its first NIC is plugged in', plugged],
    ['it was told what it is to be', spec => has(spec, 'started')],
  ];

  it.each(starting)(
    'while a router starts, when %s, starts it once',
    async (_name, reached) => {
      const spec = router(1);
      const cut = world.agent.call('startRouter', spec, config(1)).catch(() => undefined);
      await until('the moment', () => reached(spec), slow);
      await world.restartAgent();
      await cut;
      await startAndConfigure(world, spec, config(1));
      await onlyRouterIs(1);
      await answersOutside();
      await destroyed(spec);
    },
    slow,
  );

  const replacing: readonly [
    string,
    (next: RouterSpec, previous: RouterSpec) => Promise<boolean>,
  ][] = [
    ['its successor is defined', defined],
    ['its successor was told what it is to be', next => has(next, 'started')],
    ['it has stopped', async (_next, previous) => !(await runs(previous))],
  ];

  it.each(replacing)(
    'while a router is replaced, when %s, ends with one',
    async (_name, reached) => {
      const [previous, next] = [router(1), router(2)];
      await startAndConfigure(world, previous, config(1));
      const replace = (): Promise<unknown> =>
        world.agent.call('replaceRouter', previous.id, next, config(2)).catch(() => undefined);
      const cut = replace();
      await until('the moment', () => reached(next, previous), slow);
      await world.restartAgent();
      await cut;
      // As the server does, until it is done.
      await until('the replacement', replace, slow);
      await onlyRouterIs(2);
      await answersOutside();
      await destroyed(next);
    },
    slow,
  );

  it(
    'while a router is destroyed, destroys it when told again',
    async () => {
      const spec = router(1);
      await startAndConfigure(world, spec, config(1));
      const cut = world.agent.call('destroyRouter', spec.id).catch(() => undefined);
      await until('its end', async () => !(await runs(spec)), slow);
      await world.restartAgent();
      await cut;
      await destroyed(spec);
    },
    slow,
  );
});
