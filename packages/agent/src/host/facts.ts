import { cpus, hostname, release, totalmem } from 'node:os';
import type { HostFacts } from '@isola/agent-protocol';
import type { ImageSet } from '../images/build.ts';
import { controlGateway } from './prepare.ts';

/** Reads what the host is and has. */
export function hostFacts(images: ImageSet): HostFacts {
  const cores = cpus();
  return {
    name: hostname(),
    hypervisor: 'LXC',
    cpuCores: cores.length,
    cpuMHz: cores[0]?.speed ?? 0,
    memoryBytes: totalmem(),
    kernel: release(),
    controlGateway,
    hypervisorVersion: '',
    accelerated: true,
    agentVersion: '',
    underlay: null,
    guestMtu: null,
    sharedStorage: null,
    images: {
      router: { name: images.router.metadata.name, checksum: images.router.metadata.checksum },
      templates: [...images.templates.values()].map(({ metadata }) => ({
        name: metadata.name,
        sizeBytes: metadata.sizeBytes,
        checksum: metadata.checksum,
        osType: metadata.osType,
      })),
    },
  };
}
