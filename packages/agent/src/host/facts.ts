import { cpus, hostname, release, totalmem } from 'node:os';
import type { HostFacts } from '@isola/agent-protocol';
import { isolaVersion } from '@isola/model';
import type { Hypervisor } from '../hypervisors/hypervisor.ts';
import { readLink } from '../links/link-state.ts';
import { underlayMtu } from '../links/underlay.ts';
import type { AgentOptions } from './options.ts';
import { controlGateway } from './prepare.ts';

/** Reads what the host is and has. What is wrong with its interfaces, `ensureSegment` tells whom it concerns. */
export async function hostFacts(
  hypervisor: Hypervisor,
  {
    underlay,
    guestInterface,
    publicNetwork,
  }: Pick<AgentOptions, 'underlay' | 'guestInterface' | 'publicNetwork'>,
): Promise<HostFacts> {
  const cores = cpus();
  return {
    name: hostname(),
    cpuCores: cores.length,
    cpuMHz: cores[0]?.speed ?? 0,
    memoryBytes: totalmem(),
    kernel: release(),
    controlGateway,
    agentVersion: isolaVersion,
    underlay:
      underlay === null ? null : { address: underlay.address, mtu: await underlayMtu(underlay) },
    guestMtu: guestInterface === null ? null : ((await readLink(guestInterface))?.mtu ?? null),
    // Where there is one machine only, the public network may end at it.
    reachesPublic: publicNetwork.uplink.kind !== 'none' || publicNetwork.cidr !== null,
    ...(await hypervisor.facts()),
    images: hypervisor.images,
  };
}
