import { describe, expect, it } from 'vitest';
import { parseFlow } from './flow.ts';

describe('lines of conntrack', () => {
  it('give both tuples', () => {
    const line =
      'tcp      6 431999 ESTABLISHED src=192.0.2.7 dst=203.0.113.10 sport=4000 dport=8080 src=10.1.1.7 dst=192.0.2.7 sport=80 dport=4000 [ASSURED] mark=0 use=1';
    expect(parseFlow(line)).toEqual({
      protocol: 6,
      original: {
        source: 0xc0000207,
        destination: 0xcb00710a,
        sourcePort: 4000,
        destinationPort: 8080,
      },
      reply: { source: 0x0a010107, destination: 0xc0000207, sourcePort: 80, destinationPort: 4000 },
      icmp: null,
    });
  });

  it('give type, code and id of ICMP, and skip flags between', () => {
    const line =
      'icmp     1 29 src=192.0.2.7 dst=203.0.113.10 type=8 code=0 id=28767 [UNREPLIED] src=203.0.113.10 dst=192.0.2.7 type=0 code=0 id=28767 mark=0 use=1';
    expect(parseFlow(line)?.icmp).toEqual({ type: 8, code: 0, id: 28767 });
  });

  it('that are no flows give nothing', () => {
    for (const line of [
      '',
      'conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.',
      'tcp 6 src=1.2.3.4',
    ]) {
      expect(parseFlow(line)).toBeNull();
    }
  });
});
