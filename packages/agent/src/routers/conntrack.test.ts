import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFlows, isOpening, parseFlows, type TrackedFlow } from './conntrack.ts';

const address = fc.ipV4();
const port = fc.integer({ min: 1, max: 65_535 }).map(String);
const flowArbitrary: fc.Arbitrary<TrackedFlow> = fc
  .record({
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    timeout: fc.integer({ min: 1, max: 432_000 }),
    state: fc.constantFrom('ESTABLISHED', 'SYN_SENT', 'TIME_WAIT'),
    ends: fc.tuple(address, address, address, address),
    ports: fc.tuple(port, port, port, port),
    replied: fc.boolean(),
    assured: fc.boolean(),
    mark: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ ends, ports, state, replied, assured, ...rest }) => ({
    ...rest,
    state: rest.protocol === 'tcp' ? state : null,
    replied,
    assured: replied && assured,
    original: {
      source: ends[0],
      destination: ends[1],
      fields: { sport: ports[0], dport: ports[1] },
    },
    reply: { source: ends[2], destination: ends[3], fields: { sport: ports[2], dport: ports[3] } },
  }));

/** A line as `conntrack -L -o extended` prints it. */
function line(flow: TrackedFlow): string {
  const tuple = ({ source, destination, fields }: TrackedFlow['original']): string =>
    `src=${source} dst=${destination} sport=${fields['sport']} dport=${fields['dport']}`;
  const number = flow.protocol === 'tcp' ? 6 : 17;
  const state = flow.state === null ? '' : `${flow.state} `;
  const unreplied = flow.replied ? '' : '[UNREPLIED] ';
  const assured = flow.assured ? '[ASSURED] ' : '';
  return `ipv4     2 ${flow.protocol}      ${number} ${flow.timeout} ${state}${tuple(flow.original)} ${unreplied}${tuple(flow.reply)} ${assured}mark=${flow.mark} use=1`;
}

describe('tracked flows', () => {
  it('are read as they were printed', () => {
    fc.assert(
      fc.property(fc.array(flowArbitrary, { maxLength: 5 }), flows => {
        expect(parseFlows(flows.map(flow => `${line(flow)}\n`).join(''))).toEqual(flows);
      }),
    );
  });

  it('are read when a flow table forwards them, and stay what they are', () => {
    const tuples =
      'src=203.0.113.9 dst=203.0.113.1 sport=39604 dport=5201 src=10.1.1.7 dst=203.0.113.9 sport=5201 dport=39604';
    const [tcp, udp] = parseFlows(
      `ipv4     2 tcp      6 ${tuples} [OFFLOAD] mark=0 use=2\nipv4     2 udp      17 ${tuples} [OFFLOAD] mark=0 use=2\n`,
    );
    expect(tcp).toMatchObject({ state: 'ESTABLISHED', replied: true, assured: true });
    expect(udp).toMatchObject({ state: null, replied: true, assured: true });
    expect(encodeFlows(tcp === undefined ? [] : [tcp])).toBe(
      '-A -t 432000 -u SEEN_REPLY,ASSURED -s 203.0.113.9 -d 203.0.113.1 -p tcp --sport 39604 --dport 5201 --dst-nat 10.1.1.7:5201 --state ESTABLISHED\n',
    );
  });

  it('are written one a line, with the translation of each changed end and no other', () => {
    fc.assert(
      fc.property(flowArbitrary, flow => {
        const text = encodeFlows([flow]);
        expect(text.trimEnd()).not.toContain('\n');
        const { original, reply } = flow;
        const destination = `--dst-nat ${reply.source}:${reply.fields['sport']}`;
        const source = `--src-nat ${reply.destination}:${reply.fields['dport']}`;
        expect(text.includes(destination)).toBe(
          original.destination !== reply.source ||
            original.fields['dport'] !== reply.fields['sport'],
        );
        expect(text.includes(source)).toBe(
          original.source !== reply.destination ||
            original.fields['sport'] !== reply.fields['dport'],
        );
      }),
    );
  });

  it('keep both translations of a hairpin connection', () => {
    const [flow] = parseFlows(
      'ipv4     2 tcp      6 599 ESTABLISHED src=10.1.1.9 dst=203.0.113.5 sport=5555 dport=8080 src=10.1.1.7 dst=10.1.1.1 sport=80 dport=40000 [ASSURED] mark=0 use=1',
    );
    expect(flow).toBeDefined();
    expect(encodeFlows(flow === undefined ? [] : [flow])).toBe(
      '-A -t 599 -u SEEN_REPLY,ASSURED -s 10.1.1.9 -d 203.0.113.5 -p tcp --sport 5555 --dport 8080 --dst-nat 10.1.1.7:80 --src-nat 10.1.1.1:40000 --state ESTABLISHED\n',
    );
  });

  it('keep an echo request’s number', () => {
    const flows = parseFlows(
      'ipv4     2 icmp     1 29 src=10.1.1.9 dst=8.8.8.8 type=8 code=0 id=77 [UNREPLIED] src=8.8.8.8 dst=203.0.113.5 type=0 code=0 id=77 mark=0 use=1',
    );
    expect(encodeFlows(flows)).toBe(
      '-A -t 29 -u UNSET -s 10.1.1.9 -d 8.8.8.8 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 77 --src-nat 203.0.113.5\n',
    );
  });

  it('leave out what they do not know', () => {
    expect(
      parseFlows(
        'ipv4     2 unknown  47 29 src=10.1.1.9 dst=8.8.8.8 src=8.8.8.8 dst=10.1.1.9 mark=0 use=1\nnonsense\n\n',
      ),
    ).toEqual([]);
  });

  it('are opening until the handshake is over', () => {
    fc.assert(
      fc.property(flowArbitrary, flow => {
        expect(isOpening(flow)).toBe(flow.state === 'SYN_SENT');
      }),
    );
  });
});
