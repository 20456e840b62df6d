import { cpus, hostname, release, totalmem } from 'node:os';
import type { HostFacts } from '@isola/agent-protocol';
import type { Hypervisor } from '../hypervisors/hypervisor.ts';
import { controlGateway } from './prepare.ts';

/** Reads what the host is and has. */
export async function hostFacts(hypervisor: Hypervisor): Promise<HostFacts> {
  const cores = cpus();
  return {
    name: hostname(),
    cpuCores: cores.length,
    cpuMHz: cores[0]?.speed ?? 0,
    memoryBytes: totalmem(),
    kernel: release(),
    controlGateway,
    agentVersion: '',
    underlay: null,
    guestMtu: null,
    ...(await hypervisor.facts()),
    images: hypervisor.images,
  };
}
