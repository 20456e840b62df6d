import { createHash } from 'node:crypto';
import type { HostFacts } from '@isola/agent-protocol';
import { isolaVersion } from '@isola/model';

/** What a simulated host is: large, so that nobody runs out of it by accident. */
const size = { cpuCores: 64, cpuMHz: 3000, memoryBytes: 2 ** 40 } as const;
/** Of its underlay, in bytes: room for VXLAN's header around packets of 1500. */
const mtu = 1600;

export interface SimulatedPlace {
  readonly name: string;
  /** On the underlay. */
  readonly address: string;
  readonly zoneId: string;
}

/** What a simulated host says of itself. All hosts of a zone share storage, and are linked by VLAN and VXLAN. */
export function simulatedFacts({ name, address, zoneId }: SimulatedPlace): HostFacts {
  return {
    ...size,
    name,
    hypervisor: 'Simulator',
    hypervisorVersion: isolaVersion,
    accelerated: true,
    agentVersion: isolaVersion,
    kernel: 'simulated',
    controlGateway: '169.254.0.1',
    underlay: { address, mtu },
    guestMtu: mtu,
    reachesPublic: true,
    sharedStorage: `simulated-${zoneId}`,
    images: {
      router: { name: 'systemvm', checksum: checksumOf('systemvm') },
      templates: [
        {
          name: 'isola-tiny',
          sizeBytes: 64 * 2 ** 20,
          checksum: checksumOf('isola-tiny'),
          osType: 'Debian GNU/Linux 13 (64-bit)',
        },
      ],
    },
  };
}

function checksumOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
