import { IsolaError } from '@isola/model';
import { CommandError } from '../process/run.ts';
import { quieten } from './bridge.ts';
import { type IpCommand, ipBatch, removeLinks } from './ip-batch.ts';
import { type LinkState, readLink } from './link-state.ts';

/** The 802.1Q sub-interface of a segment, a port of its bridge. */
export interface VlanLink {
  readonly name: string;
  readonly tag: number;
  readonly parent: LinkState;
  readonly bridge: string;
  readonly mtu: number;
}

/** Makes the sub-interface, or puts it right. Throws `resource_unavailable` when the kernel has no 802.1Q. */
export async function ensureVlan(vlan: VlanLink): Promise<void> {
  const before = await readLink(vlan.name);
  const fits = before !== null && isOf(before, vlan);
  if (before !== null && !fits) await removeLinks([vlan.name]);
  if (!fits) await make(vlan);
  await quieten(vlan.name, 'never');
  await ipBatch(differences(vlan, fits ? before : null));
}

function isOf(link: LinkState, { tag, parent }: VlanLink): boolean {
  return link.vlan?.tag === tag && link.vlan.protocol === '802.1Q' && link.parent === parent.name;
}

async function make({ name, tag, parent }: VlanLink): Promise<void> {
  const kind = ['type', 'vlan', 'protocol', '802.1Q', 'id', String(tag)];
  try {
    await ipBatch([
      ['link', 'add', 'link', parent.name, 'name', name, ...kind],
      ['link', 'set', 'dev', name, 'addrgenmode', 'none'],
    ]);
  } catch (error) {
    await removeLinks([name]);
    if (!isUnsupported(error)) throw error;
    throw new IsolaError(
      'resource_unavailable',
      {
        reason: `interface ${parent.name} cannot have VLAN ${tag}: the kernel has no 802.1Q (modprobe 8021q)`,
      },
      error,
    );
  }
}

/** Without the module the kernel does not know the type; some drivers refuse tags. */
function isUnsupported(error: unknown): boolean {
  return error instanceof CommandError && /Unknown device type|not supported/i.test(error.stderr);
}

function differences(vlan: VlanLink, link: LinkState | null): readonly IpCommand[] {
  const { name, bridge, mtu } = vlan;
  return [
    ...(link?.mtu === mtu ? [] : [['link', 'set', 'dev', name, 'mtu', String(mtu)]]),
    ...(link?.master === bridge ? [] : [['link', 'set', 'dev', name, 'master', bridge]]),
    ...(link?.up === true ? [] : [['link', 'set', 'dev', name, 'up']]),
  ];
}
