import { cacheFolder } from '../machines/cache.ts';
import { Channel } from '../machines/channel.ts';
import { Lab } from '../machines/lab.ts';
import { product, productDisk } from '../machines/product.ts';
import { channelProgram } from '../machines/recipe.ts';
import { cableEnd, containerPid } from './containers.ts';
import { start } from './exec.ts';
import { type Place, placeOf, proxyIn } from './place.ts';
import { outcome, prefixed } from './program.ts';
import type { Site } from './site.ts';

/** An emulated host with Debian's kernel and control groups, with containers. */
export async function makeHostSite(prefix: string): Promise<Site> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const disk = await productDisk(cacheFolder, say);
  const lab = await Lab.make(prefix);
  const channels: Channel[] = [];
  const remove = async (): Promise<void> => {
    for (const channel of channels) channel.close();
    await lab.remove();
  };
  try {
    const machine = await lab.add('host', 1, { disk });
    await machine.run(['mkdir', '-p', '/opt/isola', home]);
    await machine.run(product.mount);
    const { launcher } = machine;
    const pidOf = (name: string): Promise<number> => containerPid({ launcher, home }, name);
    return {
      host: machine.place,
      launcher,
      cli: [product.node, product.cli],
      home,
      images: product.images,
      guestTemplate: 'isola-tiny',
      settings: [],
      internetNamespace: lab.namespace,
      uplink: 'public0',
      apiAddress: machineAddress,
      patience: 90_000,
      joinInternet: () => lab.plug('uplink0', 'public'),
      proxy: socketPath => start(proxyIn(lab.namespace, machineAddress, socketPath)),
      read: path => machine.run(['cat', path]),
      write: (path, content) => machine.write(path, content),
      network: async (name): Promise<Place> => {
        // A thread cannot change its network: the probes get a Node there, once.
        const inside = ['nsenter', '-t', String(await pidOf(name)), '-n'];
        const program = launcher.program([...inside, 'node', channelProgram]);
        const channel = await Channel.over(program, 60_000);
        channels.push(channel);
        return placeOf(name, channel);
      },
      inside: async name => {
        const prefix = ['nsenter', '-t', String(await pidOf(name)), '-a'];
        return placeOf(name, prefixed(launcher, prefix));
      },
      kill: async name => {
        await outcome(launcher.program(['kill', '-9', String(await pidOf(name))]));
      },
      controlCable: router => cableEnd(machine.place, router, 'eth0'),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

const home = '/var/lib/isola-test';
const machineAddress = '10.200.0.1';
