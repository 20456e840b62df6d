import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canMakeNamespaces, makeNamespace } from '../testing.ts';
import { compareSysctls } from './sysctls.ts';

describe.skipIf(!canMakeNamespaces)('the kernel settings of a router', () => {
  let namespace: ReturnType<typeof makeNamespace>;
  beforeEach(() => {
    namespace = makeNamespace();
  });
  afterEach(() => namespace.remove());

  it('are strict on a host that hands down lax ones, and are set once', async () => {
    const { run } = namespace.programs;
    await run(['sysctl', '-q', '-w', 'net.ipv4.conf.default.rp_filter=2']);
    await run(['ip', 'link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'eth2']);
    const details = await compareSysctls(run);
    expect(details).toContain('net.ipv4.conf.eth2.rp_filter was 2');
    expect(await compareSysctls(run)).toEqual([]);
    const { stdout } = await run(['sysctl', '-n', 'net.ipv4.conf.eth1.rp_filter']);
    expect(stdout.trim()).toBe('1');
  });
});
