import { IsolaError, type Underlay } from '@isola/model';
import { readAddresses } from './addresses.ts';
import { type LinkState, readLink } from './link-state.ts';

/** What VXLAN puts around a frame: the outer IPv4, UDP and VXLAN headers, and the frame's own Ethernet header, in bytes. */
export const vxlanOverhead = 50;

/** A host's underlay as it is now. */
export interface UnderlayLink {
  readonly address: string;
  readonly link: LinkState;
}

/** MTU of the underlay's interface; 0 when there is none that could carry anything. */
export async function underlayMtu(underlay: Underlay): Promise<number> {
  try {
    return (await readUnderlay(underlay)).link.mtu;
  } catch (error) {
    if (error instanceof IsolaError) return 0;
    throw error;
  }
}

/** Finds the underlay's interface. Throws `resource_unavailable` that says what to do when it cannot carry anything. */
export async function readUnderlay({ address, interface: name }: Underlay): Promise<UnderlayLink> {
  const found = name ?? (await holderOf(address));
  if (found === null)
    throw unavailable(
      `no interface of this host has the underlay address ${address}: give it to one, or correct the underlay's address`,
    );
  return { address, link: await requireInterface(found, 'the underlay') };
}

/** The interface, able to carry frames. Throws `resource_unavailable` that names it and says what to do. */
export async function requireInterface(name: string, purpose: string): Promise<LinkState> {
  const link = await readLink(name);
  if (link === null)
    throw unavailable(
      `the host has no interface ${name} for ${purpose}: plug it in, make it, or name another`,
    );
  if (!link.up)
    throw unavailable(`interface ${name} for ${purpose} is down: ip link set dev ${name} up`);
  // A bridge has no carrier while it has no ports, and carries frames between those that come.
  if (!link.carrier && link.kind !== 'bridge')
    throw unavailable(
      `interface ${name} for ${purpose} has no carrier: check its cable and the switch port`,
    );
  return link;
}

async function holderOf(address: string): Promise<string | null> {
  const held = (await readAddresses()).find(one => one.address === address);
  return held?.holder ?? null;
}

function unavailable(reason: string): IsolaError {
  return new IsolaError('resource_unavailable', { reason });
}
