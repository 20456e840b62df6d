import { cidr, formatCidr, IsolaError } from '@isola/model';

export type RuleProtocol = 'tcp' | 'udp' | 'icmp' | 'all';

/** What a firewall or egress rule matches beyond addresses, as its row has it. No ports: all of them. */
export interface RuleMatch {
  readonly protocol: RuleProtocol;
  readonly first_port: number | null;
  readonly last_port: number | null;
  readonly icmp_type: number | null;
  readonly icmp_code: number | null;
}

interface Request {
  readonly protocol: string;
  readonly startport?: number;
  readonly endport?: number;
  readonly icmptype?: number;
  readonly icmpcode?: number;
}

/** The match that a request asks for. 431 when its parts contradict each other. */
export function matchOf(request: Request): RuleMatch {
  const protocol = protocolOf(request.protocol);
  const { startport, endport, icmptype, icmpcode } = request;
  const none = { first_port: null, last_port: null, icmp_type: null, icmp_code: null };
  if (protocol !== 'icmp' && (icmptype !== undefined || icmpcode !== undefined))
    throw refused('icmptype and icmpcode are for protocol icmp');
  if (protocol === 'icmp' || protocol === 'all') {
    if (startport !== undefined || endport !== undefined)
      throw refused(`startport and endport are for protocols tcp and udp, not ${protocol}`);
    if (protocol === 'all') return { ...none, protocol };
    return { ...none, protocol, ...icmpOf(icmptype ?? -1, icmpcode ?? -1) };
  }
  if (startport === undefined) {
    if (endport !== undefined) throw refused('endport needs startport');
    return { ...none, protocol };
  }
  const last = endport ?? startport;
  if (last < startport) throw refused(`endport ${last} is less than startport ${startport}`);
  return { ...none, protocol, first_port: startport, last_port: last };
}

/** The CIDRs in canonical form and in the order given: clients compare it. `byDefault` when there are none. Throws `invalid_cidr`. */
export function cidrsOf(texts: readonly string[] | undefined, byDefault: string[]): string[] {
  const given = (texts ?? []).map(text => text.trim()).filter(text => text !== '');
  return [...new Set((given.length === 0 ? byDefault : given).map(text => formatCidr(cidr(text))))];
}

function icmpOf(type: number, code: number): Pick<RuleMatch, 'icmp_type' | 'icmp_code'> {
  if (type === -1 && code !== -1) throw refused('icmpcode needs icmptype');
  return { icmp_type: type, icmp_code: code };
}

function protocolOf(text: string): RuleProtocol {
  switch (text.toLowerCase()) {
    case 'tcp':
      return 'tcp';
    case 'udp':
      return 'udp';
    case 'icmp':
      return 'icmp';
    case 'all':
      return 'all';
    default:
      throw refused(`protocol ${text} is not tcp, udp, icmp or all`);
  }
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
