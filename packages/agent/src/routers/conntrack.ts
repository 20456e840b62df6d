/** One connection as the kernel tracks it, in the terms that recreate it elsewhere. */
export interface TrackedFlow {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** Seconds. */
  readonly timeout: number;
  /** TCP only. */
  readonly state: string | null;
  readonly original: Tuple;
  readonly reply: Tuple;
  readonly replied: boolean;
  readonly assured: boolean;
  readonly mark: number;
}

export interface Tuple {
  readonly source: string;
  readonly destination: string;
  /** Ports of TCP and UDP; ICMP has `type`, `code` and `id` instead. */
  readonly fields: Readonly<Record<string, string>>;
}

const address = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const tcpStates = new Set(
  'SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT LAST_ACK TIME_WAIT CLOSE SYN_SENT2'.split(' '),
);

/** Reads the output of `conntrack -L -f ipv4 -o extended`. Protocols other than TCP, UDP and ICMP are left out. */
export function parseFlows(text: string): readonly TrackedFlow[] {
  return text.split('\n').flatMap(line => parseFlow(line) ?? []);
}

/** What the kernel gives connections whose handshake is over, in seconds. */
const usualTimeouts = { tcp: 432_000, udp: 120, icmp: 30 } as const;

/** The line of one that the flow table forwards, which it does when its handshake is over, has neither timeout nor state. */
function parseFlow(line: string): TrackedFlow | null {
  const words = line.split(/\s+/);
  const [family, , protocol] = words;
  if (family !== 'ipv4') return null;
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'icmp') return null;
  const offloaded = words.some(word => word === '[OFFLOAD]' || word === '[HW_OFFLOAD]');
  const [timeout = '', maybeState = ''] = offloaded
    ? [String(usualTimeouts[protocol]), 'ESTABLISHED']
    : words.slice(4);
  const pairs = words.flatMap(word => {
    const [key = '', value] = word.split('=', 2);
    return value === undefined ? [] : [[key, value] as const];
  });
  const second = pairs.findLastIndex(([key]) => key === 'src');
  const original = tupleOf(pairs.slice(0, second));
  const reply = tupleOf(pairs.slice(second));
  if (original === null || reply === null || !/^\d+$/.test(timeout)) return null;
  return {
    protocol,
    timeout: Number(timeout),
    state: protocol === 'tcp' && tcpStates.has(maybeState) ? maybeState : null,
    original,
    reply,
    replied: !words.includes('[UNREPLIED]'),
    assured: offloaded || words.includes('[ASSURED]'),
    mark: Number(pairs.find(([key]) => key === 'mark')?.[1] ?? 0),
  };
}

function tupleOf(pairs: readonly (readonly [string, string])[]): Tuple | null {
  const all = new Map(pairs);
  const source = all.get('src') ?? '';
  const destination = all.get('dst') ?? '';
  if (!address.test(source) || !address.test(destination)) return null;
  const fields: Record<string, string> = {};
  for (const key of ['sport', 'dport', 'type', 'code', 'id']) {
    const value = all.get(key);
    if (value !== undefined && /^\d+$/.test(value)) fields[key] = value;
  }
  return { source, destination, fields };
}

/** A flow whose handshake is not over: its state changes with the next packet, so it is copied last. */
export function isOpening(flow: TrackedFlow): boolean {
  return flow.state === 'SYN_SENT' || flow.state === 'SYN_RECV' || flow.state === 'SYN_SENT2';
}

/** By what the kernel knows the packets of both directions of a flow. */
export function directionsOf({ protocol, original, reply }: TrackedFlow): readonly string[] {
  return [original, reply].map(({ source, destination, fields }) => {
    const parts = Object.entries(fields).sort(([a], [b]) => a.localeCompare(b));
    return JSON.stringify([protocol, source, destination, parts]);
  });
}

/** Lines for `conntrack --load-file`, which makes the flows with their address translation. */
export function encodeFlows(flows: readonly TrackedFlow[]): string {
  return flows.map(flow => `${wordsOf(flow).join(' ')}\n`).join('');
}

function wordsOf(flow: TrackedFlow): readonly string[] {
  const { original, reply } = flow;
  const status = flow.assured ? 'SEEN_REPLY,ASSURED' : flow.replied ? 'SEEN_REPLY' : 'UNSET';
  const head = ['-A', '-t', String(Math.max(1, flow.timeout)), '-u', status];
  return [
    ...head,
    '-s',
    original.source,
    '-d',
    original.destination,
    '-p',
    flow.protocol,
    ...fieldWords(flow),
    ...translation(
      '--dst-nat',
      [original.destination, original.fields['dport']],
      [reply.source, reply.fields['sport']],
    ),
    ...translation(
      '--src-nat',
      [original.source, original.fields['sport']],
      [reply.destination, reply.fields['dport']],
    ),
    ...(flow.state === null ? [] : ['--state', flow.state]),
    ...(flow.mark === 0 ? [] : ['-m', String(flow.mark)]),
  ];
}

function fieldWords({ protocol, original: { fields } }: TrackedFlow): readonly string[] {
  const names = protocol === 'icmp' ? icmpWords : portWords;
  return Object.entries(names).flatMap(([key, word]) => {
    const value = fields[key];
    return value === undefined ? [] : [word, value];
  });
}

const icmpWords = { type: '--icmp-type', code: '--icmp-code', id: '--icmp-id' };
const portWords = { sport: '--sport', dport: '--dport' };

type End = readonly [address: string, port: string | undefined];

function translation(word: string, before: End, after: End): readonly string[] {
  if (before[0] === after[0] && before[1] === after[1]) return [];
  return [word, after[1] === undefined ? after[0] : `${after[0]}:${after[1]}`];
}
