import type { SegmentRef } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';

type Isolation = SegmentRef['isolation'];

interface Method {
  /** In CloudStack's words: `broadcastdomaintype`. */
  readonly domainType: string;
  readonly scheme: string;
  readonly largest: number;
  readonly what: string;
}

/** How segments are told apart, by the isolation method of their physical network. */
export const isolationMethods: Readonly<Record<Isolation, Method>> = {
  VLAN: { domainType: 'Vlan', scheme: 'vlan', largest: 4094, what: 'VLAN tag' },
  VXLAN: {
    domainType: 'Vxlan',
    scheme: 'vxlan',
    largest: 16_777_215,
    what: 'VXLAN network identifier',
  },
};

/** `vlan://100`, `vxlan://5001`. */
export function segmentUri({ isolation, id }: SegmentRef): string {
  return `${isolationMethods[isolation].scheme}://${id}`;
}

/** The tag or identifier that `100`, `vlan://100` or `vxlan://5001` names. 431 when it names none of the method. */
export function parseSegment(text: string, isolation: Isolation): number {
  const { scheme, largest, what } = isolationMethods[isolation];
  const [, given = scheme, digits = ''] = /^(?:([a-z]+):\/\/)?(\d{1,8})$/i.exec(text) ?? [];
  const id = Number(digits);
  if (given.toLowerCase() !== scheme || digits === '' || id < 1 || id > largest)
    throw new IsolaError('refused_value', {
      reason: `vlan ${text} is not a ${what} from 1 to ${largest}`,
    });
  return id;
}
