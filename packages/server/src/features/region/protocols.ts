export interface Protocol {
  readonly index: number;
  readonly name: string;
  readonly description: string;
  /** What each code of an ICMP type means. */
  readonly details?: Readonly<Record<string, string>>;
}

/** IP protocols by IANA's numbers: those that one meets in firewalls. */
export const protocolNumbers: readonly Protocol[] = [
  { index: 1, name: 'icmp', description: 'Internet Control Message' },
  { index: 2, name: 'igmp', description: 'Internet Group Management' },
  { index: 4, name: 'ipv4', description: 'IPv4 encapsulation' },
  { index: 6, name: 'tcp', description: 'Transmission Control' },
  { index: 17, name: 'udp', description: 'User Datagram' },
  { index: 41, name: 'ipv6', description: 'IPv6 encapsulation' },
  { index: 47, name: 'gre', description: 'Generic Routing Encapsulation' },
  { index: 50, name: 'esp', description: 'Encap Security Payload' },
  { index: 51, name: 'ah', description: 'Authentication Header' },
  { index: 58, name: 'ipv6-icmp', description: 'ICMP for IPv6' },
  { index: 89, name: 'ospf', description: 'Open Shortest Path First' },
  { index: 94, name: 'ipip', description: 'IP-within-IP encapsulation' },
  { index: 103, name: 'pim', description: 'Protocol Independent Multicast' },
  { index: 112, name: 'vrrp', description: 'Virtual Router Redundancy' },
  { index: 115, name: 'l2tp', description: 'Layer Two Tunneling' },
  { index: 132, name: 'sctp', description: 'Stream Control Transmission' },
  { index: 136, name: 'udplite', description: 'Lightweight User Datagram' },
];

/** ICMP types by IANA's numbers. */
export const icmpTypes: readonly Protocol[] = [
  icmp(0, 'Echo Reply'),
  icmp(3, 'Destination Unreachable', [
    'Net Unreachable',
    'Host Unreachable',
    'Protocol Unreachable',
    'Port Unreachable',
    'Fragmentation Needed and Do Not Fragment was Set',
    'Source Route Failed',
    'Destination Network Unknown',
    'Destination Host Unknown',
    'Source Host Isolated',
    'Communication with Destination Network is Administratively Prohibited',
    'Communication with Destination Host is Administratively Prohibited',
    'Destination Network Unreachable for Type of Service',
    'Destination Host Unreachable for Type of Service',
    'Communication Administratively Prohibited',
    'Host Precedence Violation',
    'Precedence Cutoff in Effect',
  ]),
  icmp(5, 'Redirect', [
    'Redirect Datagram for the Network',
    'Redirect Datagram for the Host',
    'Redirect Datagram for the Type of Service and Network',
    'Redirect Datagram for the Type of Service and Host',
  ]),
  icmp(8, 'Echo Request'),
  icmp(9, 'Router Advertisement'),
  icmp(10, 'Router Solicitation'),
  icmp(11, 'Time Exceeded', [
    'Time to Live Exceeded in Transit',
    'Fragment Reassembly Time Exceeded',
  ]),
  icmp(12, 'Parameter Problem', [
    'Pointer Indicates the Error',
    'Missing a Required Option',
    'Bad Length',
  ]),
  icmp(13, 'Timestamp'),
  icmp(14, 'Timestamp Reply'),
];

function icmp(index: number, name: string, codes: readonly string[] = ['No Code']): Protocol {
  return { index, name, description: name, details: Object.fromEntries(codes.entries()) };
}
