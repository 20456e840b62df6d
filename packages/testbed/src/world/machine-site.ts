import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Channel } from '../machines/channel.ts';
import { run, start } from './exec.ts';
import { startLibvirtd } from './libvirtd.ts';
import { inNamespace, launcherIn, type Place, placeOf, proxyIn } from './place.ts';
import { testGuestName, testGuestTemplate } from './probing-guest.ts';
import { RouterShells } from './router-shells.ts';
import { emulatedPace, type Site } from './site.ts';
import { guestTemplate, layTemplate, systemTemplate } from './templates.ts';
import { keepWarmRouter, layWarmRouter } from './warm-router.ts';

const cli = fileURLToPath(new URL('../../../cli/dist/main.js', import.meta.url));

/** A namespace of this machine with a libvirt daemon of its own: routers and guests are emulated machines. */
export async function makeMachineSite(prefix: string): Promise<Site> {
  const router = await systemTemplate();
  const built = [router, await guestTemplate(), await testGuestTemplate()];
  const folder = await mkdtemp(`/var/tmp/isola-${prefix}-`);
  // The database's user passes through it.
  await chmod(folder, 0o755);
  const home = join(folder, 'home');
  // As on a machine without a way to Debian's archive: `isola up` finds them built.
  for (const template of built) await layTemplate(template, join(home, 'import'));
  await layWarmRouter(router, home);
  const namespace = `${prefix}h`;
  await run(['ip', 'netns', 'add', namespace]);
  await run(['ip', '-n', namespace, 'link', 'set', 'lo', 'up']);
  const libvirtd = await startLibvirtd(namespace, join(folder, 'libvirt'));
  const launcher = launcherIn(namespace);
  const virsh = (...words: string[]): Promise<string> =>
    run(['virsh', '--quiet', '--connect', libvirtd.uri, ...words]);
  const shells = new RouterShells({ launcher, cli, home, folder });
  const lines = new Map<string, Channel>();
  // A line of the test's own, by no network: plugged into each machine once.
  const guestPlace = async (name: string): Promise<Place> => {
    const machine = `${name}-${(await virsh('domid', name)).trim()}`;
    const socket = join(folder, `${machine}.sock`);
    if (!lines.has(machine)) {
      await writeFile(`${socket}.xml`, channelElement(socket));
      await virsh('attach-device', name, `${socket}.xml`, '--live');
      lines.set(machine, await Channel.open(socket, patience));
    }
    const line = lines.get(machine);
    if (line === undefined) throw new Error(`no line to ${name}`);
    return placeOf(name, line);
  };
  const within = async (name: string): Promise<Place> =>
    /^r-/i.test(name) ? await shells.place(name) : await guestPlace(name);
  return {
    host: inNamespace(namespace),
    launcher,
    cli: [process.execPath, cli],
    home,
    images: join(folder, 'images'),
    settings: [
      'hypervisor = "KVM"',
      `kvm.libvirt_uri = "${libvirtd.uri}"`,
      // The device may be there and hang.
      'kvm.acceleration = "off"',
    ],
    internetNamespace: namespace,
    uplink: 'uplink0',
    apiAddress: '127.0.0.1',
    pace: emulatedPace,
    patience,
    upTimeout: 600_000,
    joinInternet: () => Promise.resolve(),
    proxy: socketPath => start(proxyIn(namespace, '127.0.0.1', socketPath)),
    read: path => readFile(path, 'utf8'),
    write: async (path, content) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    },
    guestTemplate: testGuestName,
    network: within,
    inside: within,
    kill: async name => void (await virsh('destroy', name)),
    controlCable: async router => {
      const table = await virsh('domiflist', router.name);
      // In the order in which they were plugged in: the control NIC is the first.
      const cable = /^\s*(i\S+)/m.exec(table)?.[1];
      if (cable === undefined) throw new Error(`${router.name} has no cable: ${table}`);
      return cable;
    },
    leave: () => keepWarmRouter(router, home),
    remove: async () => {
      for (const line of lines.values()) line.close();
      await shells.close();
      await libvirtd.remove();
      await run(['ip', 'netns', 'del', namespace]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Longest time that an emulated machine takes to boot here, in ms. */
const patience = 300_000;

/** A serial port by the name that the test guest looks for. */
function channelElement(socket: string): string {
  return `<channel type='unix'><source mode='bind' path='${socket}'/><target type='virtio' name='isola.test'/></channel>`;
}
