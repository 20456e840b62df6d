import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { SegmentRef } from '@isola/agent-protocol';

/**
 * Names of what an installation makes on a host. They derive from its home folder, so that two installations
 * never share a name: control groups are global to the machine even where network namespaces differ.
 * Interface names have at most 15 characters.
 */
export interface Names {
  readonly id: string;
  readonly controlBridge: string;
  readonly publicBridge: string;
  /** nftables table (family inet) that protects the host. */
  readonly filterTable: string;
  /** Control group in which LXC's monitors wait while their own groups are removed. */
  readonly controlGroup: string;
  /** Bridge of a guest network's segment. */
  readonly segment: (segment: SegmentRef) => string;
  /** The segment of a link that `segment` or `segmentUplink` named, or `null`. */
  readonly segmentOf: (link: string) => SegmentRef | null;
  /** The segment's way to other hosts: its 802.1Q sub-interface or VXLAN device. */
  readonly segmentUplink: (segment: SegmentRef) => string;
  readonly isSegmentUplink: (link: string) => boolean;
  /** Ends of the cable of one NIC: `host` stays on the host, `inner` goes into the instance. */
  readonly cable: (
    instanceId: string,
    device: string,
  ) => { readonly host: string; readonly inner: string };
  /** Whether a link is an end of one of this installation's cables. */
  readonly isCable: (link: string) => boolean;
  /** Name of an instance's folder, and of its container. */
  readonly instance: (instanceId: string) => string;
  /** The instance of a name that `instance` made, or `null`. */
  readonly instanceOf: (name: string) => string | null;
}

/** Six hex digits that tell installations of one machine apart. */
export function installationId(home: string): string {
  return createHash('sha256').update(resolve(home)).digest('hex').slice(0, 6);
}

export function namesOf(id: string): Names {
  const prefix = `i${id}`;
  const segmentPattern = new RegExp(`^${prefix}(?:[nq](\\d{1,4})|[xe]([0-9a-z]{1,5}))$`);
  const uplinkPattern = new RegExp(`^${prefix}[qe][0-9a-z]{1,5}$`);
  const cablePattern = new RegExp(`^${prefix}[vw][0-9a-z]{7}$`);
  return {
    id,
    controlBridge: `${prefix}c`,
    publicBridge: `${prefix}p`,
    filterTable: `isola_${id}`,
    controlGroup: `isola-${id}`,
    // 24 bits of a VXLAN identifier have five digits to base 36.
    segment: ({ isolation, id }) =>
      prefix + (isolation === 'VLAN' ? `n${id}` : `x${id.toString(36)}`),
    segmentUplink: ({ isolation, id }) =>
      prefix + (isolation === 'VLAN' ? `q${id}` : `e${id.toString(36)}`),
    isSegmentUplink: link => uplinkPattern.test(link),
    segmentOf: link => {
      const [, vlan, vni] = segmentPattern.exec(link) ?? [];
      if (vlan !== undefined) return { isolation: 'VLAN', id: Number(vlan) };
      return vni === undefined ? null : { isolation: 'VXLAN', id: Number.parseInt(vni, 36) };
    },
    cable: (instanceId, device) => {
      const short = shortHash(`${instanceId}/${device}`);
      return { host: `${prefix}v${short}`, inner: `${prefix}w${short}` };
    },
    isCable: link => cablePattern.test(link),
    instance: instanceId => `${prefix}-${instanceId}`,
    instanceOf: name => (name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : null),
  };
}

/** A locally administered MAC that is always the same for the same name. */
export function macFor(name: string): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 5);
  return ['02', ...[...bytes].map(byte => byte.toString(16).padStart(2, '0'))].join(':');
}

function shortHash(text: string): string {
  const number = createHash('sha256').update(text).digest().readBigUInt64BE();
  return (number % 36n ** 7n).toString(36).padStart(7, '0');
}
