import { describe, expect, it } from 'vitest';
import { namesOf } from '../names.ts';
import { run } from '../process/run.ts';
import { renderHostFirewall } from './firewall.ts';

const names = namesOf('0a1b2c');
const alone = {
  names,
  publicCidr: '203.0.113.0/24',
  uplink: { kind: 'nat' },
  vxlan: null,
} as const;
const member = { ...alone, vxlan: { address: '192.0.2.1', peers: ['192.0.2.2', '192.0.2.3'] } };

describe('renderHostFirewall', () => {
  it('is accepted by nftables with every kind of uplink', async () => {
    const uplinks = [
      { kind: 'nat' },
      { kind: 'none' },
      { kind: 'interface', name: 'eth1' },
    ] as const;
    for (const uplink of uplinks)
      for (const vxlan of [null, member.vxlan, { address: '192.0.2.1', peers: [] }])
        await run('nft', ['--check', '-f', '-'], {
          input: renderHostFirewall({ ...alone, uplink, vxlan }),
        });
    await run('nft', ['--check', '-f', '-'], {
      input: renderHostFirewall({ ...member, publicCidr: null, uplink: { kind: 'none' } }),
    });
  });

  it('admits VXLAN from peers only, and from none without peers', () => {
    expect(renderHostFirewall(member)).toContain(
      'ip daddr 192.0.2.1 udp dport 4789 ip saddr != { 192.0.2.2, 192.0.2.3 } drop',
    );
    expect(renderHostFirewall({ ...member, vxlan: { address: '192.0.2.1', peers: [] } })).toContain(
      'ip daddr 192.0.2.1 udp dport 4789 drop',
    );
    expect(renderHostFirewall(alone)).not.toContain('4789');
    // Tenants' packets, translated to this host's address, must not be taken for its own.
    expect(renderHostFirewall(member)).toContain('iifname "i0a1b2cp" udp dport 4789 drop');
  });

  it('refuses what is not an address', () => {
    const vxlan = { address: '192.0.2.1', peers: ['192.0.2.2 } accept'] };
    expect(() => renderHostFirewall({ ...alone, vxlan })).toThrow('not an address');
    expect(() => renderHostFirewall({ ...alone, publicCidr: null })).toThrow('not a CIDR');
  });
});
