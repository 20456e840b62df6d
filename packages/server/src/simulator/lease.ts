import type { GuestSpec, NicSpec } from '@isola/agent-protocol';
import type { SimulatedRouter } from './router.ts';
import type { Lease } from './simulated-host.ts';
import type { SimulatedSite } from './site.ts';

/** What a guest's NICs get when they ask: from the routers in their segments, by what is installed there. */
export function leasesIn(site: SimulatedSite, { nics }: GuestSpec): Lease[] {
  return nics.flatMap(nic => leaseOf(site, nic) ?? []);
}

function leaseOf(site: SimulatedSite, nic: NicSpec): Lease | null {
  for (const host of site.hosts)
    for (const router of host.routers.values()) {
      const lease = router.running && shares(router, nic) ? reservation(router, nic.mac) : null;
      if (lease !== null) return lease;
    }
  return null;
}

function shares({ spec }: SimulatedRouter, { network }: NicSpec): boolean {
  return spec.nics.some(
    other =>
      network.kind === 'guest' &&
      other.network.kind === 'guest' &&
      other.network.segment.isolation === network.segment.isolation &&
      other.network.segment.id === network.segment.id,
  );
}

function reservation({ index }: SimulatedRouter, mac: string): Lease | null {
  if (index === null || !index.header.dhcp) return null;
  for (const host of index.items('hosts').values())
    if (host.mac === mac)
      return {
        mac,
        address: host.address,
        router: host.secondary === true ? null : index.header.guest.address,
      };
  return null;
}
