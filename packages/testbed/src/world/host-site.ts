import { cacheFolder } from '../machines/cache.ts';
import { MachineContainers } from '../machines/containers.ts';
import { Lab } from '../machines/lab.ts';
import type { Machine } from '../machines/machine.ts';
import { mountProduct, product, productDisk } from '../machines/product.ts';
import { cableEnd } from './containers.ts';
import { start } from './exec.ts';
import { proxyIn } from './place.ts';
import { emulatedPace, type Site } from './site.ts';

export interface HostSiteOptions {
  /** As of `Site`. */
  readonly settings?: readonly string[];
  /** Name of the template that instances are made of. */
  readonly guestTemplate?: string;
  /** Called before Isola is started there. */
  readonly ready?: (machine: Machine, lab: Lab) => Promise<void>;
}

/** An emulated host with Debian's kernel and control groups; with containers, unless its settings say otherwise. */
export async function makeHostSite(
  prefix: string,
  { settings = [], guestTemplate = 'isola-tiny', ready }: HostSiteOptions = {},
): Promise<Site> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const disk = await productDisk(cacheFolder, say);
  const lab = await Lab.make(prefix);
  try {
    const machine = await lab.add('host', 1, { disk });
    await mountProduct(machine);
    await machine.run(['mkdir', '-p', home]);
    await ready?.(machine, lab);
    const { launcher } = machine;
    const containers = new MachineContainers({ launcher, home });
    return {
      host: machine.place,
      launcher,
      cli: [product.node, product.cli],
      home,
      images: product.images,
      guestTemplate,
      settings,
      internetNamespace: lab.namespace,
      uplink: 'public0',
      apiAddress: machineAddress,
      pace: emulatedPace,
      patience: 90_000,
      upTimeout: 600_000,
      joinInternet: () => lab.plug('uplink0', 'public'),
      proxy: socketPath => start(proxyIn(lab.namespace, machineAddress, socketPath)),
      read: path => machine.run(['cat', path]),
      write: (path, content) => machine.write(path, content),
      network: name => containers.network(name),
      inside: name => containers.inside(name),
      kill: name => containers.kill(name),
      controlCable: router => cableEnd(machine.place, router, 'eth0'),
      leave: () => Promise.resolve(),
      remove: async () => {
        containers.close();
        await lab.remove();
      },
    };
  } catch (error) {
    await lab.remove();
    throw error;
  }
}

/** The installation's home there. */
export const hostSiteHome = '/var/lib/isola-test';
const home = hostSiteHome;
const machineAddress = '10.200.0.1';
