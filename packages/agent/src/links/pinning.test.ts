import { describe, expect, it } from 'vitest';
import { needsFilter, renderPortFilter } from './pinning.ts';

const filter = {
  port: 'iabcdefv0000001',
  mac: '02:00:00:00:00:07',
  addresses: ['10.1.1.7'],
  rate: null,
};

describe('renderPortFilter', () => {
  it('refuses values that could be read as rules', () => {
    expect(() => renderPortFilter({ ...filter, port: 'a" accept' })).toThrow();
    expect(() => renderPortFilter({ ...filter, mac: '02:00:00:00:00:07 accept' })).toThrow();
    expect(() => renderPortFilter({ ...filter, addresses: ['10.1.1.7 }; accept'] })).toThrow();
  });

  it('drops what it does not name when the owner is not trusted', () => {
    expect(renderPortFilter(filter)).toContain('policy drop;');
    expect(renderPortFilter({ ...filter, addresses: null, rate: 8_000_000 })).toContain(
      'policy accept;',
    );
  });

  it('lets a port without addresses ask for a lease and nothing else', () => {
    const text = renderPortFilter({ ...filter, addresses: [] });
    expect(text).toContain('udp sport 68 udp dport 67 accept');
    expect(text).not.toContain('ip saddr {');
  });

  it('holds a port with any addresses to its MAC only', () => {
    const text = renderPortFilter({ ...filter, addresses: 'any' });
    expect(text).toContain('policy accept;');
    expect(text).toContain('ether saddr != 02:00:00:00:00:07 drop');
    expect(text).toContain('8021q');
    expect(text).not.toContain('ip saddr');
    expect(needsFilter({ ...filter, addresses: 'any' })).toBe(true);
  });

  it('is needed for pinned and for limited ports', () => {
    expect(needsFilter(filter)).toBe(true);
    expect(needsFilter({ ...filter, addresses: null, rate: 1 })).toBe(true);
    expect(needsFilter({ ...filter, addresses: null })).toBe(false);
  });
});
