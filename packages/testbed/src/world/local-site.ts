import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../machines/lab.ts';
import { cableEnd, containerPid } from './containers.ts';
import { run, start } from './exec.ts';
import { testImages } from './images.ts';
import { inNamespace, launcherIn, type Place, placeAt, proxyIn } from './place.ts';
import { nativePace, type Site } from './site.ts';

const cli = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));

/** The server's address on a lab's `mgmt`. */
export const serverAddress = '10.200.0.100';

/** A namespace of this machine, with containers; plugged into the networks of a lab, if there is one. */
export async function makeLocalSite(prefix: string, lab: Lab | null): Promise<Site> {
  const images = await testImages();
  const folder = await mkdtemp(`/tmp/isola-${prefix}-`);
  // Containers pass through it with ids of their own.
  await chmod(folder, 0o755);
  const home = join(folder, 'home');
  const namespace = `${prefix}h`;
  await run(['ip', 'netns', 'add', namespace]);
  await run(['ip', '-n', namespace, 'link', 'set', 'lo', 'up']);
  const launcher = launcherIn(namespace);
  const within = async (name: string, flag: '-a' | '-n'): Promise<Place> => {
    const pid = await containerPid({ launcher, home }, name);
    return placeAt(name, ['nsenter', '-t', String(pid), flag]);
  };
  return {
    host: inNamespace(namespace),
    launcher,
    cli: [process.execPath, cli],
    home,
    images,
    guestTemplate: 'isola-tiny',
    settings: [],
    internetNamespace: lab?.namespace ?? namespace,
    uplink: 'uplink0',
    apiAddress: '127.0.0.1',
    pace: nativePace,
    patience: 15_000,
    upTimeout: 240_000,
    joinInternet: async () => {
      if (lab === null) return;
      await lab.plug('uplink0', 'public');
      await lab.cable(namespace, 'uplink0', 'public');
      await lab.cable(namespace, 'mgmt0', 'mgmt');
      await run(['ip', '-n', namespace, 'addr', 'add', `${serverAddress}/24`, 'dev', 'mgmt0']);
    },
    proxy: socketPath => start(proxyIn(namespace, '127.0.0.1', socketPath)),
    read: path => readFile(path, 'utf8'),
    write: async (path, content) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    },
    network: name => within(name, '-n'),
    inside: name => within(name, '-a'),
    kill: async name => {
      process.kill(await containerPid({ launcher, home }, name), 'SIGKILL');
    },
    controlCable: router => cableEnd(inNamespace(namespace), router, 'eth0'),
    leave: () => Promise.resolve(),
    remove: async () => {
      await run(['ip', 'netns', 'del', namespace]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
