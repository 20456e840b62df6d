import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GuestSpec, HypervisorKind, RouterSpec } from '@isola/agent-protocol';
import * as z from 'zod';
import type { Names } from './names.ts';

/** What the host remembers of a router or guest, in its folder: enough for a new agent to take it over. */
export type Instance =
  | { readonly kind: 'router'; readonly spec: RouterSpec }
  | { readonly kind: 'guest'; readonly spec: GuestSpec };

/** The folder of an installation's instances, by what runs them. */
export function instancesFolder(home: string, hypervisor: HypervisorKind): string {
  return join(home, hypervisor === 'LXC' ? 'containers' : 'machines');
}

/** The instances of one installation on this host, each in a folder of its own. */
export class Instances {
  readonly #folder: string;
  readonly #names: Names;

  constructor(folder: string, names: Names) {
    this.#folder = folder;
    this.#names = names;
  }

  /** The folder of one instance: its disk, its record, what its hypervisor keeps of it. */
  folderOf(id: string): string {
    return join(this.#folder, this.#names.instance(id));
  }

  /** The record of an instance, or `null` when the host has none. */
  async read(id: string): Promise<Instance | null> {
    try {
      return instanceSchema.parse(JSON.parse(await readFile(this.#recordOf(id), 'utf8')));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  async write(instance: Instance): Promise<void> {
    const path = this.#recordOf(instance.spec.id);
    await makeFolder(join(path, '..'));
    await writeFile(`${path}.new`, JSON.stringify(instance), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  /** Ids of all instances that have a folder, also those whose record is missing. */
  async list(): Promise<readonly string[]> {
    const entries = await readdir(this.#folder).catch(() => []);
    return entries.map(name => this.#names.instanceOf(name)).filter(id => id !== null);
  }

  /** Whether a disk of an instance stands on the template of that checksum. */
  async standOn(checksum: string): Promise<boolean> {
    for (const id of await this.list())
      if ((await this.read(id))?.spec.template.checksum === checksum) return true;
    return false;
  }

  #recordOf(id: string): string {
    return join(this.folderOf(id), 'instance.json');
  }
}

const nicSchema = z.object({
  device: z.string(),
  mac: z.string(),
  network: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('control') }),
    z.object({ kind: z.literal('public') }),
    z.object({
      kind: z.literal('guest'),
      segment: z.object({ isolation: z.enum(['VLAN', 'VXLAN']), id: z.number().int() }),
    }),
  ]),
  pinnedAddresses: z.union([z.array(z.string()), z.literal('any'), z.null()]),
  mtu: z.number().int(),
  rate: z.number().nullable(),
});
const common = {
  id: z.string(),
  name: z.string(),
  nics: z.array(nicSchema),
  template: z.object({ name: z.string(), checksum: z.string() }),
  limits: z.object({ memoryMiB: z.number(), cpuPercent: z.number() }),
};
const instanceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('router'),
    spec: z.object({ ...common, controlAddress: z.string() }),
  }),
  z.object({
    kind: z.literal('guest'),
    spec: z.object({
      ...common,
      hostname: z.string(),
      highlyAvailable: z.boolean(),
      sshPublicKeys: z.array(z.string()),
    }),
  }),
]);

/** Node says of a full disk that there is no such folder when it is to make those above, too. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}
